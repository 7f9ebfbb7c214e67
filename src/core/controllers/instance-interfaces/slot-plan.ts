import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { Slot, SlotSpec, SlotStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InterfaceAction } from './actions.ts';

/** How a slot stands, in words for people and for the lifecycle hooks. */
export interface SlotReport {
  readonly phase: SlotStatus['phase'];
  readonly reason: string;
  readonly message: string;
}

/** What is to happen to one slot now. */
export interface SlotPlan {
  readonly slot: Slot;
  readonly nodeEni: string;
  /** The one EC2 call to make, if any. */
  readonly action?: InterfaceAction;
  /** What the state object is to say: a record, `null` to forget the slot, absent to leave it as it is. */
  readonly record?: SlotSpec | null;
  /** Absent when there is nothing left to say. */
  readonly report?: SlotReport;
  /** Present when only time will tell. */
  readonly lookAgainSeconds?: number;
}

export const report = (
  phase: SlotReport['phase'],
  reason: string,
  message: string,
): SlotReport => ({ phase, reason, message });

/** A paused NodeENI is planned and told, and nothing of it runs. */
export const withPause = (
  plan: SlotPlan,
  nodeEni: NodeEni | undefined,
  would: string,
): SlotPlan => {
  if (nodeEni?.spec.paused !== true || plan.action === undefined) return plan;
  return {
    slot: plan.slot,
    nodeEni: plan.nodeEni,
    report: report('Pending', 'Paused', `The NodeENI is paused. Without that: ${would}.`),
  };
};
