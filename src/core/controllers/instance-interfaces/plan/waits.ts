import type { Purpose } from '#core/instance/interface-action.ts';
import { report, type SlotPlan, type SlotReport } from '#core/instance/slot-plan.ts';
import type { Filling } from './match.ts';
import { type Setback, secondsLeft, setbackOf } from './setbacks.ts';

const NEXT_LOOK_SECONDS = 15;

export const base = ({ wish }: Filling) => ({
  slot: wish.slot,
  nodeEni: wish.nodeEni.metadata.name,
});

/** Only time will tell. */
export const waiting = (filling: Filling, reason: string, message: string): SlotPlan => ({
  ...base(filling),
  report: report('Pending', reason, message),
  lookAgainSeconds: NEXT_LOOK_SECONDS,
});

export const setbackFor = ({ wish, record, observed }: Filling, purpose: Purpose) =>
  setbackOf(wish.slot, purpose, record, observed);

/** Seconds that this kind of call waits still. */
export const waitFor = (filling: Filling, purpose: Purpose): number =>
  secondsLeft(setbackFor(filling, purpose), filling.observed, filling.wish.nodeEni);

/** The plan of a slot that waits for its next call of this kind. */
export const heldBack = (
  filling: Filling,
  purpose: Purpose,
  seconds: number,
  phase?: SlotReport['phase'],
): SlotPlan => {
  const setback: Partial<Setback> = setbackFor(filling, purpose) ?? {};
  const { reason = 'Error', message = '', isPassing = false } = setback;
  return {
    ...base(filling),
    report: report(phase ?? (isPassing ? 'Pending' : 'Failed'), reason, message),
    lookAgainSeconds: Math.max(1, seconds),
  };
};
