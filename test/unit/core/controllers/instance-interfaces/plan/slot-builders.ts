import type { SlotStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import { report, type SlotPlan } from '#core/instance/slot-plan.ts';
import { ago, anObservation, aRecord, aState } from '#test/support/builders.ts';

export const SLOT = 'data/subnet-a';
export const ATTACHED = report('Attached', 'Attached', 'Attached.');

/** A plan for that slot: it is attached, unless told otherwise. */
export const aSlot = (slot: Partial<SlotPlan> = {}): SlotPlan => ({
  slot: SLOT,
  nodeEni: 'data',
  report: ATTACHED,
  ...slot,
});

export const planOf = (...slots: readonly SlotPlan[]): InstancePlan => ({
  slots,
  areLabelsKnown: true,
  unaccepted: [],
  postponed: [],
  isUndecided: false,
  isFinished: false,
});

export const aRow = (row: Partial<SlotStatus> = {}): SlotStatus => ({
  ...ATTACHED,
  since: ago(60),
  nodeEniGeneration: 1,
  ...row,
});

/** An observation with a record of that slot. */
export const stored = (
  record: Parameters<typeof aRecord>[0] | undefined = {},
  status: NonNullable<Observed['state']>['status'] = {},
) => anObservation({ state: aState({ [SLOT]: aRecord(record) }, status) });
