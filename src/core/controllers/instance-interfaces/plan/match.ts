import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/instance/observed.ts';
import { isElsewhere, slotOfEni } from '#core/instance/ownership.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { Wish, Wishes } from './desired.ts';
import type { Seat } from './device-index.ts';

/** A wish with what is there of it. */
export interface Filled {
  readonly wish: Wish;
  readonly eni: NetworkInterface | undefined;
  readonly record: SlotSpec | undefined;
}

/** A wish on its way to its next step. */
export interface Filling extends Filled {
  readonly seat: Seat | undefined;
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

/** Finds for each wanted interface its ENI and its record. */
export const fill = (wishes: Wishes, observed: Observed): Filled[] => {
  const usable = observed.ours.filter((eni) => !isElsewhere(eni, observed.instanceId));
  return wishes.wanted.map((wish) => {
    const record = observed.state?.spec.interfaces?.[wish.slot];
    const candidates = usable.filter(
      (eni) => eni.tags[TAGS.uid] === wish.nodeEni.metadata.uid && slotOfEni(eni) === wish.slot,
    );
    return { wish, record, eni: choose(candidates, record) };
  });
};
