import type { Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { type Finding, finding } from './finding.ts';
import type { ObservedHost } from './observed.ts';
import type { Offer } from './offers.ts';

interface Waits {
  readonly findings: ReadonlyMap<Slot, Finding>;
  readonly notes: ReadonlyMap<Slot, readonly Finding[]>;
}

const restartNote = finding(
  'RestartDevicePlugin',
  'The device plugin reads its configuration once: restart it on this node.',
);

/** Resource → how many devices are ready to be offered. */
export const countByResource = (offers: readonly Offer[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { resource, isReady } of offers)
    if (isReady) counts[resource] = (counts[resource] ?? 0) + 1;
  return counts;
};

const waitFor = (
  { resource }: Offer,
  ready: readonly Offer[],
  { allocatable }: ObservedHost,
): Finding | undefined => {
  if (allocatable === undefined) return undefined;
  const wanted = countByResource(ready)[resource] ?? 0;
  const shown = allocatable[resource] ?? 0;
  return shown >= wanted
    ? undefined
    : finding(
        'WaitingForDevicePlugin',
        `The node offers ${shown} of ${wanted} ${resource}; the device plugin of this node may be missing or starting.`,
      );
};

/** Which interfaces wait until the node shows their resource. Where nobody can be asked, none do, and a note says so. */
export const planAllocatable = (
  offers: readonly Offer[],
  host: ObservedHost,
  isPluginBehind: boolean,
): Waits => {
  const ready = offers.filter(({ isReady }) => isReady);
  const findings = ready.flatMap((offer) => {
    const why = isPluginBehind
      ? finding('Advertising', `${offer.resource} is being advertised.`)
      : waitFor(offer, ready, host);
    return why === undefined ? [] : [[offer.slot, why] as const];
  });
  return {
    findings: new Map(findings),
    notes: new Map(
      host.canRestartPlugin ? [] : ready.map(({ slot }) => [slot, [restartNote]] as const),
    ),
  };
};
