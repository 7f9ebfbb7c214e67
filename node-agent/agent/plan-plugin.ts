import { sameJson } from '#core/json.ts';
import type { HostAction } from './actions.ts';
import { countByResource, planAllocatable } from './allocatable.ts';
import { type Finding, finding } from './finding.ts';
import type { ObservedHost } from './observed.ts';
import { type Offer, offersOf } from './offers.ts';
import { type ConfigReading, readPluginConfig } from './plugin-config.ts';
import { mergePluginConfig, type OwnResource } from './plugin-config-merge.ts';
import type { Settings } from './settings.ts';
import { type SlotPlan, withNotes } from './slot-plan.ts';

export interface PluginPlan {
  readonly actions: readonly HostAction[];
  /** The plans of the interfaces, with what the device plugin adds to them. */
  readonly slots: readonly SlotPlan[];
  /** Resource → how many devices the node should offer. */
  readonly offered: Readonly<Record<string, number>>;
}

const resourcesOf = (offers: readonly Offer[]): OwnResource[] => {
  const names = [...new Set(offers.map(({ resource }) => resource))];
  return names.map((resource) => {
    const own = offers.filter((offer) => offer.resource === resource);
    const slash = resource.indexOf('/');
    return {
      prefix: resource.slice(0, slash),
      name: resource.slice(slash + 1),
      devices: own.map(({ driver, pciAddress }) => ({ driver, pciAddress })),
    };
  });
};

/** What the plugin must have seen when it started: a device that came, or changed its driver, later is unknown to it. */
const advertisedBy = (offers: readonly Offer[]): readonly string[] =>
  offers
    .filter(({ isReady }) => isReady)
    .map(({ resource, driver, pciAddress, eniId }) =>
      [pciAddress, eniId, driver, resource].join(' '),
    )
    .toSorted();

const isBehind = (offers: readonly Offer[], { memory }: ObservedHost): boolean => {
  const changing = offers.filter(({ isReady }) => !isReady).map(({ pciAddress }) => pciAddress);
  // A device whose driver is about to change is waited for: one restart does for both.
  const known = (memory.advertised ?? []).filter(
    (line) => !changing.some((address) => line.startsWith(address)),
  );
  return !sameJson(known, advertisedBy(offers));
};

const planCorrupt = (
  problem: string,
  offers: readonly Offer[],
  { pluginConfig: { text, isBackedUp } }: ObservedHost,
  { replacesCorruptConfig }: Settings,
) => {
  const actions: HostAction[] = [
    ...(text === undefined || isBackedUp ? [] : [{ type: 'back-up-plugin-config', text } as const]),
    ...(text !== undefined && replacesCorruptConfig
      ? [
          {
            type: 'write-plugin-config',
            text: mergePluginConfig(undefined, resourcesOf(offers)) ?? '',
          } as const,
        ]
      : []),
  ];
  const corrupt = finding(
    'CorruptPluginConfig',
    text === undefined
      ? `The configuration of the device plugin cannot be read (${problem}): a person must mend it.`
      : `The configuration of the device plugin cannot be read (${problem}); a copy is kept, and a person must mend it.`,
  );
  return { actions, corrupt };
};

const planConfig = (offers: readonly Offer[], host: ObservedHost): HostAction[] => {
  const { text } = host.pluginConfig;
  const merged = mergePluginConfig(text, resourcesOf(offers));
  const isChanged = merged !== text;
  return [
    ...(isChanged ? [{ type: 'write-plugin-config', text: merged ?? '' } as const] : []),
    ...(host.canRestartPlugin && (isChanged || isBehind(offers, host))
      ? [{ type: 'restart-plugin', advertised: advertisedBy(offers) } as const]
      : []),
  ];
};

const blocked = (plan: SlotPlan, why: Finding | undefined): SlotPlan =>
  why === undefined || plan.finding !== undefined ? plan : { ...plan, finding: why };

/** Pods may be given a device that is to be offered no more, until the plugin has started without it. */
const withdrawalFinding = (
  plan: SlotPlan,
  offers: readonly Offer[],
  { reading, host }: { readonly reading: ConfigReading; readonly host: ObservedHost },
): Finding | undefined => {
  const address = plan.subject.device?.address;
  if (address === undefined || offers.some(({ pciAddress }) => pciAddress === address))
    return undefined;
  if (reading.kind === 'read' && reading.own.some(({ pciAddress }) => pciAddress === address))
    return finding(
      'StillAdvertised',
      `${address} is still in the configuration of the device plugin.`,
    );
  const isKnown = (host.memory.advertised ?? []).some((line) => line.startsWith(`${address} `));
  return isKnown && host.canRestartPlugin
    ? finding('StillAdvertised', `The device plugin has not started without ${address} yet.`)
    : undefined;
};

/**
 * What makes the SR-IOV device plugin offer the devices that are to be advertised, and no device that is not. It reads
 * its configuration once, when it starts: it is restarted when the list changed, or a device it offers did.
 */
export const planPlugin = (
  slots: readonly SlotPlan[],
  host: ObservedHost,
  settings: Settings,
): PluginPlan => {
  if (!settings.advertises) return { actions: [], slots, offered: {} };
  const reading = readPluginConfig(host.pluginConfig);
  const { offers, findings, notes } = offersOf(slots, reading);
  if (reading.kind === 'corrupt') {
    if (offers.length === 0) return { actions: [], slots, offered: {} };
    const { actions, corrupt } = planCorrupt(reading.problem, offers, host, settings);
    const isOffered = (plan: SlotPlan) =>
      offers.some(({ slot }) => slot === plan.subject.desired.slot);
    return {
      actions,
      offered: {},
      slots: slots.map((plan) => (isOffered(plan) ? blocked(plan, corrupt) : plan)),
    };
  }
  const actions = planConfig(offers, host);
  const waits = planAllocatable(offers, host, actions.length > 0);
  return {
    actions,
    offered: countByResource(offers),
    slots: slots.map((plan) => {
      const { slot } = plan.subject.desired;
      const why =
        findings.get(slot) ??
        waits.findings.get(slot) ??
        withdrawalFinding(plan, offers, { reading, host });
      return withNotes(blocked(plan, why), [
        ...(notes.get(slot) ?? []),
        ...(waits.notes.get(slot) ?? []),
      ]);
    }),
  };
};
