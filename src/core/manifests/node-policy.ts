import { LABEL_PREFIX, NOT_READY_TAINT, READY_LABEL_VALUE } from '#core/apis/v1alpha1/names.ts';
import { admissionPolicy } from './admission-policy.ts';
import type { Manifest } from './manifest.ts';
import { fieldOf, isChanged, isMember } from './match-conditions.ts';

/** Name of the policy and of its binding. */
export const NODE_POLICY = 'nodeeni-functions-nodes';

/** What else a patch of a node can change; the rest of its spec never changes once it is set. */
const ELSE = [
  isChanged('metadata.annotations', '{}'),
  isChanged('metadata.finalizers', '[]'),
  isChanged('metadata.ownerReferences', '[]'),
  isChanged('spec.unschedulable', 'false'),
];

/**
 * RBAC can allow the patch of a node only as a whole. This holds the functions to what they need: taking their own startup
 * taint off, and the labels of the NodeENIs that are ready on the node ("Validating Admission Policy", kubernetes.io).
 */
export const nodePolicy = (group: string): readonly Manifest[] =>
  admissionPolicy({
    name: NODE_POLICY,
    rule: {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['UPDATE'],
      resources: ['nodes'],
      scope: 'Cluster',
    },
    judged: { name: 'by-the-functions', expression: isMember(group) },
    variables: [
      { name: 'before', expression: fieldOf('oldObject', 'spec.taints', '[]') },
      { name: 'after', expression: fieldOf('object', 'spec.taints', '[]') },
      { name: 'labelsBefore', expression: fieldOf('oldObject', 'metadata.labels', '{}') },
      { name: 'labelsAfter', expression: fieldOf('object', 'metadata.labels', '{}') },
    ],
    validations: [
      {
        expression: ELSE.map((change) => `!(${change})`).join(' && '),
        message: 'nodeeni changes nothing of a node but its taints and labels',
      },
      {
        expression: `variables.labelsAfter.all(key, (key in variables.labelsBefore && variables.labelsBefore[key] == variables.labelsAfter[key]) || (key.startsWith("${LABEL_PREFIX}") && variables.labelsAfter[key] == "${READY_LABEL_VALUE}"))`,
        message: `nodeeni puts no label on but ${LABEL_PREFIX}<nodeeni>=${READY_LABEL_VALUE}`,
      },
      {
        expression: `variables.labelsBefore.all(key, key in variables.labelsAfter || (key.startsWith("${LABEL_PREFIX}") && variables.labelsBefore[key] == "${READY_LABEL_VALUE}"))`,
        message: `nodeeni takes no label off but ${LABEL_PREFIX}<nodeeni>=${READY_LABEL_VALUE}`,
      },
      {
        expression: `variables.before.all(taint, taint.key == "${NOT_READY_TAINT}" || taint in variables.after)`,
        message: `nodeeni takes no taint off but ${NOT_READY_TAINT}`,
      },
      {
        expression: 'variables.after.all(taint, taint in variables.before)',
        message: 'nodeeni puts no taint on',
      },
    ],
  });
