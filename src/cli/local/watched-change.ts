import { parseAdmissionReview } from '#core/events/admission-review.ts';
import type { WorkKey } from '#core/ports/work-queue.ts';
import type { KubernetesObject, Resource } from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENI_STATES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';

/** A kind of object that is watched, and the part of it whose change asks for a look. */
export interface Watched {
  readonly resource: Resource;
  readonly essence: (object: KubernetesObject) => unknown;
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

/**
 * What matters of each kind. A kubelet's heartbeats and our own status writes change none of it, so they cause no look
 * and no look causes the next.
 */
export const WATCHED: readonly Watched[] = [
  {
    resource: NODE_ENIS,
    essence: ({ metadata }) => [metadata.uid, metadata.generation, metadata.deletionTimestamp],
  },
  {
    resource: NODES,
    essence: ({ metadata, spec, status }) => [
      metadata.uid,
      metadata.labels,
      metadata.deletionTimestamp,
      fieldOf(spec, 'providerID'),
      fieldOf(fieldOf(status, 'nodeInfo'), 'bootID'),
    ],
  },
  { resource: NODE_ENI_STATES, essence: ({ status }) => fieldOf(status, 'host') },
];

/** Who a changed object asks to look at: the answer is the one the admission webhook would have got. */
export const keysOf = (
  { group, plural }: Resource,
  object: KubernetesObject,
): readonly WorkKey[] => {
  const { name } = object.metadata;
  const request = { uid: 'watch', resource: { group, resource: plural }, name, object };
  return parseAdmissionReview({ kind: 'AdmissionReview', request }).keys;
};
