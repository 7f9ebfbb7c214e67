import type { DesiredInterface } from './desired.ts';
import { messageOf } from './errors.ts';
import { devicesToAskAbout, linkInPodOf } from './holders.ts';
import type { Host } from './host.ts';
import { identify, type Subject } from './identity.ts';
import { askedGroups, askedOf } from './link-settings.ts';
import type { LinkManagement, Memory, ObservedHost, PluginConfig } from './observed.ts';

const NO_MEMORY: Memory = { devices: {} };

const unreadable = (error: unknown): PluginConfig => ({
  isBackedUp: true,
  problem: messageOf(error),
});

/** A service whose state cannot be read counts as one that does not run: what it does to a link shows on the link. */
const managersOf = async ({ managers }: Host): Promise<readonly LinkManagement[]> => {
  const observed = await Promise.all(
    managers.map(async (manager) => {
      const management = await manager.observe().catch(() => undefined);
      return management && { name: manager.name, ...management };
    }),
  );
  return observed.filter((one) => one !== undefined);
};

/** Addresses are read only where they matter: it takes four commands. */
const addressingOf = async (
  { addresses }: Host,
  desired: readonly DesiredInterface[],
  { given = {} }: Memory,
): Promise<Pick<ObservedHost, 'addressing'>> =>
  desired.some(({ isAddressed }) => isAddressed) ||
  Object.values(given).some((one) => one.addresses.length > 0)
    ? { addressing: await addresses.read() }
    : {};

/** Reads the settings that are asked for where the link is; of one in a pod not the kernel's own, which are the pod's. */
const settingsOf = async (
  { tuning }: Host,
  subjects: readonly Subject[],
  observed: ObservedHost,
): Promise<ObservedHost['settings']> => {
  const read = subjects.map(async (subject) => {
    const { link, desired } = subject;
    const { settings, managesLink, slot } = desired;
    const inPod = linkInPodOf(subject, observed);
    const name = link?.name ?? inPod?.name;
    if (settings === undefined || !managesLink || name === undefined) return [];
    const groups = askedGroups(settings).filter(
      (group) => link !== undefined || group !== 'sysctls',
    );
    const asked = Object.fromEntries(groups.map((group) => [group, askedOf(settings, group)]));
    const where = { link: name, ...(link === undefined && inPod && { pid: inPod.pid }) };
    return [[slot, await tuning.read(where, asked)] as const];
  });
  return Object.fromEntries((await Promise.all(read)).flat());
};

/**
 * Reads everything a plan is computed from. Changes nothing. Rejects when links, routes, devices or the users of devices
 * cannot be read; what concerns only some interfaces is observed as broken, and keeps no others from being served.
 */
export const observeHost = async (
  host: Host,
  desired: readonly DesiredInterface[],
): Promise<ObservedHost> => {
  // Before the links: a device that has come meanwhile is not the one its link is taken to be on, and no step reaches it.
  const devices = await host.pci.list();
  const [table, routes, drivers, noIommu, hugePages, isWriteCombining] = await Promise.all([
    host.links.list(),
    host.routes.read(),
    host.modules.drivers(),
    host.modules.noIommu(),
    host.hugePages(),
    host.modules.writeCombining(),
  ]);
  const names = desired.flatMap(({ podNetwork }) => podNetwork?.name ?? []);
  const remembered = host.memory.read().catch(() => NO_MEMORY);
  const [managers, memory, pluginConfig, networks] = await Promise.all([
    managersOf(host),
    remembered,
    host.pluginConfig.read().catch(unreadable),
    remembered.then(({ networkFolders = [] }) => host.networks.read(names, networkFolders)),
  ]);
  const writeCombining = isWriteCombining ?? memory.isWriteCombining;
  const observed: ObservedHost = {
    ...table,
    ...routes,
    devices,
    holders: {},
    addressesInPods: {},
    settings: {},
    ...(await addressingOf(host, desired, memory)),
    managers,
    noIommu,
    ...(hugePages !== undefined && { hugePages }),
    drivers,
    memory,
    pluginConfig,
    ...(networks && { networks }),
    canRestartPlugin: host.cluster !== undefined,
    ...(writeCombining !== undefined && { isWriteCombining: writeCombining }),
  };
  const asked = devicesToAskAbout(identify(desired, observed));
  const { holders, addresses } =
    asked.length === 0 ? { holders: {}, addresses: {} } : await host.processes.holdersOf(asked);
  const informed = { ...observed, holders, addressesInPods: addresses };
  const settings = await settingsOf(host, identify(desired, informed), informed);
  return { ...informed, settings };
};
