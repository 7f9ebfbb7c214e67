import { failureOf } from '#core/errors.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import { executeCapacity, type Tools } from './execute.ts';
import { isSettled, planCapacity } from './plan.ts';

export interface NodeCapacity {
  /** Sets what a node offers of the networks on it. A node that is gone meanwhile is left alone. */
  reconcile(plan: InstancePlan, observed: Observed): Promise<void>;
  /** True when a reconcile would change nothing now. */
  isSettled(plan: InstancePlan, observed: Observed): boolean;
}

export const createNodeCapacity = (tools: Tools): NodeCapacity => ({
  async reconcile(plan, observed) {
    const { instanceId, node } = observed;
    const capacity = planCapacity(plan, observed);
    if (node === undefined || isSettled(capacity)) return;
    try {
      await executeCapacity(capacity, { instanceId, node }, tools);
    } catch (error) {
      if (failureOf(error) !== 'NotFound') throw error;
    }
  },

  isSettled: (plan, observed) => isSettled(planCapacity(plan, observed)),
});
