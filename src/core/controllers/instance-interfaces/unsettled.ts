import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import type { NodeEniPresence } from '#core/readiness.ts';
import { foreseeHost } from './host-commands/controller.ts';
import { planInstance } from './plan/plan.ts';
import { stateChanges } from './plan/record-changes.ts';
import { presenceOf } from './presence.ts';
import { omittedRows, staleHostRows, statusChanges } from './status.ts';
import { summaryChange } from './summary.ts';

/** Whether a node says already which NodeENIs are ready on it. */
export type AreLabelsSettled = (
  node: ClusterNode | undefined,
  presence: NodeEniPresence | undefined,
) => boolean;

/** Whether a node offers already what it is to offer of the networks on it. */
export type IsCapacitySettled = (plan: InstancePlan, observed: Observed) => boolean;

/** What others know of a node. */
export interface NodeJudges {
  readonly areLabelsSettled: AreLabelsSettled;
  readonly isCapacitySettled: IsCapacitySettled;
}

/** True when a reconcile of this instance would make a call, write something or ask for another. */
export const isUnsettled = (
  observed: Observed,
  { areLabelsSettled, isCapacitySettled }: NodeJudges,
): boolean => {
  const { plan, isUnsettled: isHostUnsettled } = foreseeHost(planInstance(observed), observed);
  return (
    isHostUnsettled ||
    plan.isUndecided ||
    (plan.isFinished && observed.state !== undefined) ||
    plan.slots.some(
      (slot) => slot.action !== undefined || slot.requeueAfterSeconds !== undefined,
    ) ||
    stateChanges(plan, observed) !== undefined ||
    Object.keys(statusChanges(plan, observed)).length > 0 ||
    omittedRows(plan, observed) !== undefined ||
    summaryChange(plan, observed) !== undefined ||
    staleHostRows(plan, observed).length > 0 ||
    !areLabelsSettled(observed.node, presenceOf(plan, observed)) ||
    !isCapacitySettled(plan, observed)
  );
};
