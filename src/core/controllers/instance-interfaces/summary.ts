import type { StateSummary } from '#core/apis/v1alpha1/node-eni-state.ts';
import { hasReporter, unconfiguredReason } from '#core/host-report.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import { isAskedFor, type SlotPlan, type SlotReport } from '#core/instance/slot-plan.ts';
import { sameJson } from '#core/json.ts';
import { recordsOf, recordToJudge } from './plan/record-changes.ts';

/** From the worst on. */
const PHASES: readonly SlotReport['phase'][] = [
  'Failed',
  'Pending',
  'Releasing',
  'Attached',
  'Retained',
  'Skipped',
];

/** Why a slot is not ready, by the word of the controller and then by that of the host; undefined when it is. */
export const whyUnready = (
  slotPlan: Pick<SlotPlan, 'slot' | 'record'>,
  { phase, reason }: SlotReport,
  observed: Observed,
): string | undefined => {
  if (phase !== 'Attached' || reason !== 'Attached') return reason;
  const { slot } = slotPlan;
  const { state, answer } = observed;
  const record = recordToJudge(slotPlan, observed);
  const host = answer?.rows[slot] ?? state?.status?.host?.[slot];
  return unconfiguredReason({ record, host, hasAgent: hasReporter(state, record) })?.reason;
};

/** How an instance stands, for the columns of its NodeENIState: counts, and the reason of its worst interface. */
const summaryOf = (plan: InstancePlan, observed: Observed): StateSummary => {
  const told = plan.slots.flatMap((slotPlan) => {
    const { report } = slotPlan;
    if (report === undefined) return [];
    const reason = whyUnready(slotPlan, report, observed);
    return [{ report, isDesired: isAskedFor(report), reason }];
  });
  const desired = told.filter((one) => one.isDesired);
  const [worst] = told
    .filter(({ reason }) => reason !== undefined)
    .toSorted(
      (left, right) => PHASES.indexOf(left.report.phase) - PHASES.indexOf(right.report.phase),
    );
  const stored = recordsOf(observed);
  const records = plan.slots.filter(({ slot, record = stored[slot] }) => record);
  return {
    ready: `${desired.filter(({ reason }) => reason === undefined).length}/${desired.length}`,
    reason: worst?.reason ?? 'Ready',
    interfaces: records.length,
  };
};

/** The summary, where there is a state object that says another. */
export const summaryChange = (plan: InstancePlan, observed: Observed): StateSummary | undefined => {
  if (observed.state === undefined) return undefined;
  const summary = summaryOf(plan, observed);
  return sameJson(summary, observed.state.status?.summary) ? undefined : summary;
};
