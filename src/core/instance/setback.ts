import { RETRY_ANNOTATION } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { BackOff } from '#core/apis/v1alpha1/node-eni-state.ts';

/** Why a kind of call is not made now. */
export interface Setback extends BackOff {
  /** Ends by itself: held back in this reconcile only, and not recorded. */
  readonly isPassing?: boolean;
  /** A create call that was refused at its first try: its parameters are forgotten, no ENI can come of them. */
  readonly isVoid?: boolean;
}

/** It is kept with each refusal, so no more of it than tells two apart. */
const MOST_RETRY_CHARACTERS = 64;

/** What a person has asked for by the annotation, if anything. */
export const retryOf = ({ metadata }: NodeEni): string | undefined =>
  metadata.annotations?.[RETRY_ANNOTATION]?.slice(0, MOST_RETRY_CHARACTERS);

/** True when a person has asked for another try since. */
export const isAskedAgain = (setback: BackOff, nodeEni: NodeEni | undefined): boolean => {
  const retry = nodeEni === undefined ? undefined : retryOf(nodeEni);
  return retry !== undefined && retry !== setback.retry;
};

/** Somebody else undoes what was set right. */
export const CHANGED_BY_OTHERS = 'ChangedByOthers';

/** Reasons of refusals that say that a look-up, remembered somewhere, is out of date. */
const STALE_REFERENCES = ['SubnetNotFound', 'SecurityGroupNotFound'];

/** True for a back-off that says that a look-up, remembered somewhere, is out of date. */
export const doubtsReferences = ({ reason }: BackOff): boolean => STALE_REFERENCES.includes(reason);
