import { FINALIZER, GROUP, VERSION } from '#core/apis/v1alpha1/names.ts';
import { admissionPolicy } from './admission-policy.ts';
import type { Manifest } from './manifest.ts';
import { fieldOf, isChanged, isMember } from './match-conditions.ts';

/** Name of the policy and of its binding. */
export const NODE_ENI_POLICY = 'nodeeni-functions-nodeenis';

/** What else a patch of a NodeENI can change. Its status has a door of its own, by which nothing else goes. */
const ELSE = [
  isChanged('spec', '{}'),
  isChanged('metadata.labels', '{}'),
  isChanged('metadata.annotations', '{}'),
  isChanged('metadata.ownerReferences', '[]'),
];

/**
 * RBAC can allow the patch of a NodeENI only as a whole. This holds the functions to the one they need, their own finalizer:
 * what an interface shall be is not theirs to say ("Validating Admission Policy", kubernetes.io).
 */
export const nodeEniPolicy = (group: string): readonly Manifest[] =>
  admissionPolicy({
    name: NODE_ENI_POLICY,
    rule: {
      apiGroups: [GROUP],
      apiVersions: [VERSION],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: ['nodeenis'],
      scope: 'Cluster',
    },
    judged: { name: 'by-the-functions', expression: isMember(group) },
    variables: [
      {
        name: 'before',
        expression: `oldObject == null ? [] : ${fieldOf('oldObject', 'metadata.finalizers', '[]')}`,
      },
      {
        name: 'after',
        expression: `object == null ? [] : ${fieldOf('object', 'metadata.finalizers', '[]')}`,
      },
    ],
    validations: [
      {
        expression: `request.operation == "UPDATE" && ${ELSE.map((change) => `!(${change})`).join(' && ')}`,
        message: 'nodeeni changes nothing of a NodeENI but its finalizer and its status',
      },
      {
        expression: `variables.before.all(name, name == "${FINALIZER}" || name in variables.after) && variables.after.all(name, name == "${FINALIZER}" || name in variables.before)`,
        message: `nodeeni puts on and takes off no finalizer but ${FINALIZER}`,
      },
    ],
  });
