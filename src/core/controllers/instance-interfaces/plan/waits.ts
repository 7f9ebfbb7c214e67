import type { Purpose } from '#core/instance/interface-action.ts';
import type { Setback } from '#core/instance/setback.ts';
import { report, type SlotPlan, type SlotReport } from '#core/instance/slot-plan.ts';
import { REQUEUE_SECONDS } from '#core/requeue.ts';
import type { SlotInput } from './match.ts';
import { secondsLeft, setbackOf } from './setbacks.ts';

export const base = ({ desired }: SlotInput) => ({
  slot: desired.slot,
  nodeEni: desired.nodeEni.metadata.name,
});

/** Only time will tell. */
export const waiting = (slotInput: SlotInput, reason: string, message: string): SlotPlan => ({
  ...base(slotInput),
  report: report('Pending', reason, message),
  requeueAfterSeconds: REQUEUE_SECONDS,
});

export const setbackFor = ({ desired, record, observed }: SlotInput, purpose: Purpose) =>
  setbackOf(desired.slot, purpose, record, observed);

/** Seconds that this kind of call waits still. */
export const waitFor = (slotInput: SlotInput, purpose: Purpose): number =>
  secondsLeft(setbackFor(slotInput, purpose), slotInput.observed, slotInput.desired.nodeEni);

/** The plan of a slot that waits for its next call of this kind. */
export const heldBack = (
  slotInput: SlotInput,
  purpose: Purpose,
  seconds: number,
  phase?: SlotReport['phase'],
): SlotPlan => {
  const setback: Partial<Setback> = setbackFor(slotInput, purpose) ?? {};
  const { reason = 'Error', message = '', isPassing = false } = setback;
  return {
    ...base(slotInput),
    report: report(phase ?? (isPassing ? 'Pending' : 'Failed'), reason, message),
    requeueAfterSeconds: Math.max(1, seconds),
  };
};
