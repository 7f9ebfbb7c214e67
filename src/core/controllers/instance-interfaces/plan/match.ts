import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/instance/observed.ts';
import { isElsewhere, isOfAnotherCluster, slotOfEni } from '#core/instance/ownership.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { DesiredInterface, DesiredInterfaces } from './desired.ts';
import type { DeviceIndexAllocation } from './device-index.ts';

/** A desired interface with the ENI and the record that exist for it. */
export interface MatchedInterface {
  readonly desired: DesiredInterface;
  readonly eni: NetworkInterface | undefined;
  readonly record: SlotSpec | undefined;
}

/** Everything that the next step of one slot is planned from. */
export interface SlotInput extends MatchedInterface {
  readonly allocation: DeviceIndexAllocation | undefined;
  /** Free IPv4 addresses for it; absent: all that its subnet has. */
  readonly room?: number | undefined;
  readonly observed: Observed;
}

/** Among several ENIs for one slot the recorded one stays, then an attached one, then the oldest. */
const choose = (
  candidates: readonly NetworkInterface[],
  record: SlotSpec | undefined,
): NetworkInterface | undefined =>
  candidates.toSorted(
    (left, right) =>
      Number(right.eniId === record?.eniId) - Number(left.eniId === record?.eniId) ||
      Number(right.attachment !== undefined) - Number(left.attachment !== undefined) ||
      (left.tags[TAGS.createdAt] ?? '').localeCompare(right.tags[TAGS.createdAt] ?? ''),
  )[0];

/**
 * Finds for each wanted interface its ENI and its record. What the cluster before recorded counts for nothing, though its
 * NodeENI may have kept its uid (a restored backup): its call, made again, would give an ENI that is not ours.
 */
export const match = (
  desiredInterfaces: DesiredInterfaces,
  observed: Observed,
): MatchedInterface[] => {
  const usable = observed.ours.filter((eni) => !isElsewhere(eni, observed.instanceId));
  return desiredInterfaces.wanted.map((desired) => {
    const stored = observed.state?.spec.interfaces?.[desired.slot];
    const record = stored && isOfAnotherCluster(stored, observed.cluster) ? undefined : stored;
    const candidates = usable.filter(
      (eni) =>
        eni.tags[TAGS.uid] === desired.nodeEni.metadata.uid && slotOfEni(eni) === desired.slot,
    );
    return { desired, record, eni: choose(candidates, record) };
  });
};
