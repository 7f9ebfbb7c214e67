import type { Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { SlotPlan } from './slot-plan.ts';

/** What is to happen to an instance now, slot by slot, and to its state object. */
export interface InstancePlan {
  readonly slots: readonly SlotPlan[];
  readonly areLabelsKnown: boolean;
  /** NodeENIs that may select the instance, when labels that are not known yet decide it and nothing else is open. */
  readonly undecided?: readonly string[];
  /** NodeENIs whose interfaces are still to come, once they are accepted. */
  readonly unaccepted: readonly string[];
  /** Slots that are wanted, and whose key an interface of an earlier NodeENI of that name holds until it is released. */
  readonly postponed: readonly Slot[];
  /** EC2 cannot tell yet whether the instance lives: nothing is concluded, only requeued. */
  readonly isUndecided: boolean;
  /** The instance is gone and nothing of ours is left of it. */
  readonly isFinished: boolean;
}
