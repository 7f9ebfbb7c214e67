import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Slot, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/instance/observed.ts';
import { isElsewhere, slotOfEni } from '#core/instance/ownership.ts';
import { withGivenUp } from './given-up.ts';
import { withoutEni } from './records.ts';

/**
 * Records whose ENI somebody attached elsewhere: it is given up, so the slot forgets it and the call that made it.
 * Otherwise that call would be replayed, and its answer is an ENI that is no longer ours to use.
 */
export const withoutTaken = ({
  ours,
  state,
  instanceId,
}: Observed): Readonly<Record<Slot, SlotSpec>> =>
  Object.fromEntries(
    Object.entries(state?.spec.interfaces ?? {}).flatMap(([slot, record]) => {
      const taken = ours.find(
        (eni) =>
          isElsewhere(eni, instanceId) &&
          slotOfEni(eni) === slot &&
          (eni.eniId === record.eniId || eni.tags[TAGS.createdAt] === record.create?.incarnation),
      );
      const instanceOf = taken?.attachment?.instanceId ?? '';
      return taken && record.phase === 'Present'
        ? [[slot, withGivenUp(withoutEni(record), taken.eniId, instanceOf)]]
        : [];
    }),
  );

/** The observation as if these records were stored. */
export const withRecords = (
  observed: Observed,
  records: Readonly<Record<Slot, SlotSpec>>,
): Observed =>
  observed.state === undefined
    ? observed
    : {
        ...observed,
        state: {
          ...observed.state,
          spec: {
            ...observed.state.spec,
            interfaces: { ...observed.state.spec.interfaces, ...records },
          },
        },
      };
