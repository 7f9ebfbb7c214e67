import type { HostAction } from './actions.ts';
import type { Backoff } from './backoff.ts';
import { bindDriver, restoreDriver } from './bind-driver.ts';
import type { Host, LinkManager } from './host.ts';
import type { ManagerName, Memory } from './observed.ts';
import type { HostPlan } from './plan.ts';
import type { SlotPlan } from './slot-plan.ts';

/** What became of one action. */
export interface ActionResult {
  readonly action: HostAction;
  readonly error?: unknown;
}

type Remember = Extract<HostAction, { type: 'remember' }>;

const without = <T>(
  known: Readonly<Record<string, T>>,
  macAddress: string,
): Readonly<Record<string, T>> => {
  const { [macAddress]: _gone, ...rest } = known;
  return rest;
};

const remember = async ({ memory }: Host, { macAddress, device, given, boundTo }: Remember) => {
  const { devices, births = {}, given: others = {}, bound = {}, ...known } = await memory.read();
  await memory.write({
    ...known,
    devices: { ...devices, [macAddress]: device.address },
    births: { ...births, [macAddress]: device.birth },
    given: { ...without(others, macAddress), ...(given && { [macAddress]: given }) },
    bound: {
      ...without(bound, macAddress),
      ...(boundTo !== undefined && { [macAddress]: boundTo }),
    },
  });
};

const forget = async ({ memory }: Host, macAddress: string) => {
  const { devices, births = {}, given = {}, bound = {}, ...known } = await memory.read();
  await memory.write({
    ...known,
    devices: without(devices, macAddress),
    births: without(births, macAddress),
    given: without(given, macAddress),
    bound: without(bound, macAddress),
  });
};

const restartPlugin = async ({ cluster, memory }: Host, advertised: readonly string[]) => {
  await cluster?.restartPlugin();
  await memory.write({ ...(await memory.read()), advertised });
};

/**
 * Remembers what the host is served without, too. A memory that cannot be read now is not written over: it may tell what the agent has
 * bound. In: what is new; undefined for nothing.
 */
const rememberIfPossible = async (
  { memory }: Host,
  change: (known: Memory) => Partial<Memory> | undefined,
): Promise<void> => {
  try {
    const known = await memory.read();
    const news = change(known);
    if (news !== undefined) await memory.write({ ...known, ...news });
  } catch {}
};

const loadModule = async (host: Host, name: string) => {
  await host.modules.load(name);
  // The kernel does not show how it was loaded.
  if (name === 'igb_uio') await rememberIfPossible(host, () => ({ isWriteCombining: true }));
};

const writeNetwork = async (host: Host, file: string, text: string) => {
  const { folder } = host.networks;
  await rememberIfPossible(host, ({ networkFolders = [] }) =>
    networkFolders.includes(folder) ? undefined : { networkFolders: [...networkFolders, folder] },
  );
  await host.networks.write(file, text);
};

const managerNamed = ({ managers }: Host, name: ManagerName): LinkManager => {
  const manager = managers.find((one) => one.name === name);
  if (manager === undefined) throw new Error(`nothing on this host is called ${name}`);
  return manager;
};

const apply = (host: Host, action: HostAction): Promise<void> => {
  switch (action.type) {
    case 'remember':
      return remember(host, action);
    case 'forget':
      return forget(host, action.macAddress);
    case 'set-mtu':
      return host.links.setMtu(action.link, action.mtuBytes);
    case 'set-tx-queue-length':
      return host.links.setTxQueueLength(action.link, action.packets);
    case 'set-link-settings':
      return host.tuning.set(action.link, action.group, action.values);
    case 'set-up':
      return host.links.setUp(action.link);
    case 'set-down':
      return host.links.setDown(action.link);
    case 'ignore-router-advertisements':
      return host.links.ignoreRouterAdvertisements(action.link);
    case 'add-alt-name':
      return host.links.addAltName(action.link, action.altName);
    case 'remove-alt-name':
      return host.links.removeAltName(action.link, action.altName);
    case 'add-address':
      return host.addresses.addAddress(action.link, action.address);
    case 'remove-address':
      return host.addresses.removeAddress(action.link, action.address);
    case 'set-route':
      return host.addresses.setRoute(action.route);
    case 'remove-route':
      return host.addresses.removeRoute(action.route);
    case 'add-rule':
      return host.addresses.addRule(action.rule);
    case 'remove-rule':
      return host.addresses.removeRule(action.rule);
    case 'take-over':
      return managerNamed(host, action.manager).release(action);
    case 'hand-back':
      return managerNamed(host, action.manager).handBack(action.eniId);
    case 'load-module':
      return loadModule(host, action.module);
    case 'enable-no-iommu':
      return host.modules.enableNoIommu();
    case 'bind':
      return bindDriver(host.pci, action.device, action.driver);
    case 'restore-driver':
      return restoreDriver(host.pci, action.device);
    case 'back-up-plugin-config':
      return host.pluginConfig.backUp(action.text);
    case 'write-plugin-config':
      return host.pluginConfig.write(action.text);
    case 'write-network':
      return writeNetwork(host, action.file, action.text);
    case 'remove-network':
      return host.networks.remove(action.file, action.folder);
    case 'restart-plugin':
      return restartPlugin(host, action.advertised);
    default:
      return action satisfies never;
  }
};

/** Actions of which each needs the one before. */
interface Chain {
  readonly scope: string;
  readonly actions: readonly HostAction[];
}

/** A changed row starts afresh: what failed for the generation before may succeed for this one. */
export const scopeOf = ({ subject: { desired } }: SlotPlan): string =>
  `${desired.slot}@${desired.generation}`;

/** The scope of what is about no single interface. */
export const SHARED = 'host';

const chainsOf = ({ plugin, withdrawals, slots, leftovers }: HostPlan): readonly Chain[] => [
  // No pod is to get a link that is on its way out.
  ...withdrawals.map((action) => ({ scope: SHARED, actions: [action] })),
  // A device that is released is withdrawn from pods first.
  { scope: SHARED, actions: plugin },
  ...slots.flatMap((plan) => {
    const scope = scopeOf(plan);
    return [
      ...plan.preparations.map((action) => ({ scope, actions: [action] })),
      { scope, actions: plan.actions },
      { scope, actions: plan.network?.actions ?? [] },
      ...(plan.remember === undefined ? [] : [{ scope, actions: [plan.remember] }]),
    ];
  }),
  ...leftovers.map((action) => ({ scope: SHARED, actions: [action] })),
];

const runChain = async (
  host: Host,
  { scope, actions }: Chain,
  backoff: Backoff,
  signal: AbortSignal | undefined,
) => {
  const results: ActionResult[] = [];
  for (const action of actions) {
    if (signal?.aborted === true || backoff.holding(scope, action) !== undefined) return results;
    try {
      await apply(host, action);
      backoff.succeeded(scope, action);
      results.push({ action });
    } catch (error) {
      backoff.failed(scope, action, error);
      return [...results, { action, error }];
    }
  }
  return results;
};

/**
 * Runs a plan and reports every outcome. A failure ends the steps of its own interface, and hides no other's; what
 * failed lately is left out until its wait is over. Once the signal is aborted no further step is begun.
 */
export const executePlan = async (
  host: Host,
  plan: HostPlan,
  backoff: Backoff,
  signal?: AbortSignal,
): Promise<readonly ActionResult[]> => {
  const results: ActionResult[] = [];
  for (const chain of chainsOf(plan))
    results.push(...(await runChain(host, chain, backoff, signal)));
  return results;
};
