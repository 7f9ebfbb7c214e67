import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { Slot, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { type Purpose, purposeOf } from '#core/instance/interface-action.ts';
import { type Observed, secondsSince } from '#core/instance/observed.ts';
import type { Setback } from '#core/instance/setback.ts';
import { CHANGED_BY_OTHERS, isAskedAgain } from '#core/instance/setback.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';

/** What stands against a kind of call: what this reconcile met, or else what is recorded. */
export const setbackOf = (
  slot: Slot,
  purpose: Purpose,
  record: SlotSpec | undefined,
  { setbacks }: Observed,
): Setback | undefined =>
  setbacks?.[slot]?.[purpose] ?? record?.backOffs?.[purpose] ?? record?.backOff;

/**
 * Seconds that a kind of call waits still. None for a NodeENI that was edited since, or whose waits a person has ended: it may
 * have been set right.
 */
export const secondsLeft = (
  setback: Setback | undefined,
  { now }: Observed,
  nodeEni?: NodeEni,
): number => {
  if (setback === undefined) return 0;
  if (nodeEni !== undefined && nodeEni.metadata.generation !== setback.nodeEniGeneration) return 0;
  if (isAskedAgain(setback, nodeEni)) return 0;
  return Math.max(0, -secondsSince(setback.until, now));
};

const isKept = (purpose: string, { reason }: Setback, needed: readonly Purpose[]): boolean =>
  reason === CHANGED_BY_OTHERS || needed.some((one) => one === purpose);

/**
 * The plan with what is to be remembered of its calls. A refusal is carried along until the slot needs no such call, so that
 * waits grow; a repair is remembered for longer, so that one which is undone again and again is noticed.
 */
export const withSetbacks = (plan: SlotPlan, observed: Observed): SlotPlan => {
  const stored = observed.state?.spec.interfaces?.[plan.slot];
  const met = Object.entries(observed.setbacks?.[plan.slot] ?? {}).filter(
    ([, { isPassing }]) => isPassing !== true,
  );
  const record = plan.record === undefined && met.length > 0 ? stored : plan.record;
  if (!record) return plan;

  const needed = plan.needs ?? (plan.action === undefined ? [] : [purposeOf(plan.action)]);
  const isRebuilt = plan.record !== undefined;
  const earlier = stored?.backOff;
  const all = Object.fromEntries([
    ...(earlier === undefined ? [] : needed.map((purpose) => [purpose, earlier] as const)),
    ...Object.entries(stored?.backOffs ?? {}),
    ...met.map(([purpose, { isVoid: _, ...backOff }]) => [purpose, backOff] as const),
  ]);
  const kept = Object.entries(all).filter(
    ([purpose, backOff]) =>
      !isRebuilt || met.some(([one]) => one === purpose) || isKept(purpose, backOff, needed),
  );
  const { backOffs: _backOffs, backOff: _backOff, create, ...rest } = record;
  const isVoid = met.some(([, setback]) => setback.isVoid === true);
  return {
    ...plan,
    record: {
      ...rest,
      ...(create !== undefined && !isVoid && { create }),
      ...(!isRebuilt && earlier !== undefined && { backOff: earlier }),
      ...(kept.length > 0 && { backOffs: Object.fromEntries(kept) }),
    },
  };
};
