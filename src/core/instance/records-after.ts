import type { Slot, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InstancePlan } from './instance-plan.ts';
import type { Observed } from './observed.ts';

/** The records as the state object will have them once the plan of the interfaces is written. */
export const recordsAfter = (
  { slots }: Pick<InstancePlan, 'slots'>,
  { state }: Pick<Observed, 'state'>,
): Readonly<Record<Slot, SlotSpec>> => {
  const records = { ...state?.spec.interfaces };
  for (const { slot, record } of slots) {
    if (record === null) delete records[slot];
    else if (record !== undefined) records[slot] = record;
  }
  return records;
};
