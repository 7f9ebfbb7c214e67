import { parseAdmissionReview } from '#core/events/admission-review.ts';
import { WATCHED_KINDS, watchedPartOf } from '#core/events/watched-kinds.ts';
import type { WorkKey } from '#core/ports/work-queue.ts';
import type { KubernetesObject, Resource } from '#providers/kubernetes/kubernetes-api.ts';

/** A kind of object that is watched, and the part of it whose change asks for a reconcile. */
export interface Watched {
  readonly resource: Resource;
  /** In: an object, or undefined for one that is not there. */
  readonly essence: (object: KubernetesObject | undefined) => unknown;
}

/**
 * The kinds that the admission webhook is called for, and what counts of each as a change. An object whose creation and
 * deletion ask for nothing is no other than one without the watched part: the state objects come and go by our own hand.
 */
export const WATCHED: readonly Watched[] = WATCHED_KINDS.map((watched) => {
  const { group, version, kind, plural, operations } = watched;
  const countsItself = operations.includes('CREATE');
  return {
    resource: { group, version, kind, plural, isNamespaced: false },
    essence: (object) => [
      ...(countsItself ? [object?.metadata.uid] : []),
      watchedPartOf(watched, object),
    ],
  };
});

/** Who a changed object asks to be reconciled: the answer is the one the admission webhook would have got. */
export const keysOf = (
  { group, plural }: Resource,
  object: KubernetesObject,
): readonly WorkKey[] => {
  const { name } = object.metadata;
  const request = { uid: 'watch', resource: { group, resource: plural }, name, object };
  return parseAdmissionReview({ kind: 'AdmissionReview', request }).keys;
};
