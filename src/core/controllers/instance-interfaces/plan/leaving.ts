import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { givenUpIn } from '#core/apis/v1alpha1/node-eni.ts';
import { nodeEniNameOf, type Slot, type SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isGone, type Observed } from '#core/instance/observed.ts';
import { isElsewhere, isOfAnotherCluster, slotOfEni } from '#core/instance/ownership.ts';
import { report, type SlotPlan, unadopted } from '#core/instance/slot-plan.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { DesiredInterfaces } from './desired.ts';
import type { MatchedInterface } from './match.ts';
import { planRelease } from './release.ts';

/** True for a record of a NodeENI that is gone and whose name another one carries now. */
const isOfEarlier = ({ nodeEniUid }: SlotSpec, name: string, { nodeEnis }: Observed): boolean => {
  const current = nodeEnis.find(({ metadata }) => metadata.name === name);
  return current !== undefined && current.metadata.uid !== nodeEniUid;
};

/** True for an ENI that serves its NodeENI on this instance, though somebody has deleted its record. */
const isInUse = (
  eni: NetworkInterface | undefined,
  name: string,
  { nodeEnis, instanceId }: Observed,
): boolean =>
  eni?.attachment?.instanceId === instanceId &&
  nodeEnis.some(({ metadata }) => metadata.name === name && metadata.uid === eni.tags[TAGS.uid]);

/**
 * Which record an ENI is under: one that names it, the first if a surplus ENI has taken a slot over since, or else that of its
 * slot. Two records that plan for one ENI would call EC2 twice, and the second time it may be somebody else's.
 */
const claimsOf = (records: readonly (readonly [Slot, SlotSpec])[]) => {
  const uids = new Map(records.map(([slot, { nodeEniUid }]) => [slot, nodeEniUid]));
  const named = new Map(records.toReversed().map(([slot, { eniId }]) => [eniId, slot]));
  return (eni: NetworkInterface): Slot | undefined => {
    const slot = slotOfEni(eni);
    return named.get(eni.eniId) ?? (uids.get(slot) === eni.tags[TAGS.uid] ? slot : undefined);
  };
};

const partition = <T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
];

/** One ENI, or one record, that serves no desired interface. */
interface LeavingSlot {
  readonly slot: Slot;
  readonly record: SlotSpec | undefined;
  readonly eni: NetworkInterface | undefined;
  readonly isSurplus: boolean;
}

/**
 * Of a recorded ENI without our tags a person decides, unless the instance that it was made for has given it up, or it is free and
 * nobody can adopt it, since its NodeENI is gone: a later one of that name would wait for it for ever.
 */
const planWithoutTags = (
  { slot, record, eni }: LeavingSlot,
  observed: Observed,
): SlotPlan | undefined => {
  if (eni !== undefined || record === undefined) return undefined;
  const found = observed.unadopted.find((one) => one.eni.eniId === record.eniId)?.eni;
  if (found === undefined) return undefined;
  const nodeEni = nodeEniNameOf(slot);
  const isGivenUp = observed.nodeEnis.some((one) => givenUpIn(one).has(found.eniId));
  const isNobodys = found.attachment === undefined && isOfEarlier(record, nodeEni, observed);
  return isGivenUp || isNobodys
    ? { slot, nodeEni, record: null }
    : { slot, nodeEni, report: unadopted(found.eniId, nodeEni) };
};

/** Nothing of a NodeENI that is not known well enough is released. */
const planHeld = (
  { slot, record, eni, isSurplus }: LeavingSlot,
  { held }: DesiredInterfaces,
  observed: Observed,
): SlotPlan | undefined => {
  const nodeEni = nodeEniNameOf(slot);
  if (!held.has(nodeEni) || isGone(observed)) return undefined;
  const isHeld =
    record === undefined
      ? !isSurplus && isInUse(eni, nodeEni, observed)
      : record.phase === 'Present' &&
        !isOfEarlier(record, nodeEni, observed) &&
        (eni === undefined || !isElsewhere(eni, observed.instanceId));
  if (!isHeld) return undefined;
  const phase = eni?.attachment?.status === 'attached' ? 'Attached' : 'Pending';
  const words = 'Kept as it is until the NodeENI can be read and resolved again.';
  return { slot, nodeEni, report: report(phase, 'Held', words) };
};

/** The next steps of everything that is recorded or in EC2 and serves no desired interface. */
export const planLeaving = (
  matched: readonly MatchedInterface[],
  desiredInterfaces: DesiredInterfaces,
  observed: Observed,
): SlotPlan[] => {
  const records = observed.state?.spec.interfaces ?? {};
  const kept = new Set(matched.flatMap(({ eni }) => eni?.eniId ?? []));
  const wanted = new Set(matched.map(({ desired }) => desired.slot));
  const unclaimed = observed.ours.filter(({ eniId }) => !kept.has(eniId));

  const isCurrent = (slot: Slot, record: SlotSpec) =>
    matched.some(
      ({ desired }) => desired.slot === slot && desired.nodeEni.metadata.uid === record.nodeEniUid,
    );
  const [foreign, left] = partition(
    Object.entries(records).filter(([slot, record]) => !isCurrent(slot, record)),
    ([, record]) => isOfAnotherCluster(record, observed.cluster),
  );
  const forgotten = foreign.map(([slot]) => ({ slot, nodeEni: nodeEniNameOf(slot), record: null }));
  const recordOf = claimsOf(left);
  const recorded = left.map(([slot, record]) => ({
    slot,
    record,
    isSurplus: false,
    eni: unclaimed.find((eni) => recordOf(eni) === slot),
  }));
  const claimed = new Set(recorded.flatMap(({ eni }) => eni?.eniId ?? []));
  const unrecorded = unclaimed
    .filter(({ eniId }) => !claimed.has(eniId))
    .map((eni) => {
      const slot = slotOfEni(eni);
      const isTaken = wanted.has(slot) || slot in records;
      return {
        slot: isTaken ? `${slot}#${eni.eniId}` : slot,
        record: undefined,
        eni,
        isSurplus: isTaken,
      };
    });

  const planned = [...recorded, ...unrecorded].map(
    (leaving) =>
      planWithoutTags(leaving, observed) ??
      planHeld(leaving, desiredInterfaces, observed) ??
      planRelease({ ...leaving, nodeEni: nodeEniNameOf(leaving.slot), observed }),
  );
  return [...forgotten, ...planned];
};
