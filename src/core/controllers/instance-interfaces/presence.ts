import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { hasReporter } from '#core/host-report.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import { isAskedFor } from '#core/instance/slot-plan.ts';
import type { NodeEniPresence } from '#core/readiness.ts';
import { unreadableFor } from './observe/selection.ts';
import { whyUnready } from './summary.ts';

/**
 * Which NodeENIs have on this instance all that they ask for: attached, and configured where a host reports. Out: undefined
 * while nothing is decided.
 */
export const presenceOf = (plan: InstancePlan, observed: Observed): NodeEniPresence | undefined => {
  if (plan.isUndecided) return undefined;
  const { state } = observed;
  const asked = plan.slots.flatMap((slotPlan) => {
    const { report } = slotPlan;
    return report !== undefined && isAskedFor(report) ? [{ ...slotPlan, report }] : [];
  });
  const byNodeEni = Map.groupBy(asked, ({ nodeEni }) => nodeEni);
  const isReady = (slotPlan: (typeof asked)[number]): boolean =>
    whyUnready(slotPlan, slotPlan.report, observed) === undefined;
  return {
    isReported: asked.every(({ slot }) => hasReporter(state, state?.spec.interfaces?.[slot])),
    ready: [...byNodeEni].filter(([, slots]) => slots.every(isReady)).map(([name]) => name),
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
