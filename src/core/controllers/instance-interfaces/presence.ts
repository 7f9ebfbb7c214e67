import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isConfigured } from '#core/host-report.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import type { NodeEniPresence } from '#core/readiness.ts';
import type { ReconcileOutcome } from './controller.ts';
import { unreadableFor } from './observe/selection.ts';

const LEFT_OUT = ['Skipped', 'Releasing', 'Retained'];

const isAskedFor = ({ report }: SlotPlan): boolean =>
  report !== undefined && !LEFT_OUT.includes(report.phase) && report.reason !== 'AttachedElsewhere';

/**
 * Which NodeENIs have on this instance all that they ask for: attached, and configured where a host has reported. Out:
 * undefined after a reconcile that failed or decided nothing.
 */
export const presenceOf = (outcome: ReconcileOutcome): NodeEniPresence | undefined => {
  if (outcome.kind !== 'reconciled' || outcome.plan.isUndecided) return undefined;
  const { plan, observed } = outcome;
  const { spec, status } = observed.state ?? {};
  const isReported = Object.keys(status?.host ?? {}).length > 0;
  const isThere = ({ slot, report }: SlotPlan): boolean =>
    report?.phase === 'Attached' &&
    report.reason === 'Attached' &&
    (!isReported || isConfigured(status?.host?.[slot], spec?.interfaces?.[slot]));
  const byNodeEni = Map.groupBy(plan.slots.filter(isAskedFor), ({ nodeEni }) => nodeEni);
  return {
    isReported,
    ready: [...byNodeEni].filter(([, slots]) => slots.every(isThere)).map(([name]) => name),
    unknown: [
      ...observed.nodeEnis.flatMap(({ metadata, spec: { paused } }) =>
        paused === true ? metadata.name : [],
      ),
      ...(plan.undecided ?? []),
      ...(observed.unresolved?.keys() ?? []),
      ...plan.unaccepted,
      ...plan.postponed.map(nodeEniNameOf),
      ...unreadableFor(observed),
    ],
  };
};
