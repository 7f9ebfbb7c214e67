import type { BackOff } from '#core/apis/v1alpha1/node-eni-state.ts';

/** Why a kind of call is not made now. */
export interface Setback extends BackOff {
  /** Ends by itself: held back in this reconcile only, and not recorded. */
  readonly isPassing?: boolean;
  /** A create call that was refused at its first try: its parameters are forgotten, no ENI can come of them. */
  readonly isVoid?: boolean;
}

/** Somebody else undoes what was set right. */
export const CHANGED_BY_OTHERS = 'ChangedByOthers';

/** Reasons of refusals that say that a look-up, remembered somewhere, is out of date. */
const STALE_REFERENCES = ['SubnetNotFound', 'SecurityGroupNotFound'];

/** True for a back-off that says that a look-up, remembered somewhere, is out of date. */
export const doubtsReferences = ({ reason }: BackOff): boolean => STALE_REFERENCES.includes(reason);
