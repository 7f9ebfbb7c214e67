import { admissionPolicy, type Validation } from './admission-policy.ts';
import type { Manifest } from './manifest.ts';
import { fieldOf, isChanged, isMember } from './match-conditions.ts';

/** Name of the policy and of its binding. */
export const NODE_STATUS_POLICY = 'nodeeni-functions-node-status';

/** What else such a patch can change: a status has more than its capacity, and metadata go by the same door. */
const ELSE = [
  ...['labels', 'annotations'].map((field) => isChanged(`metadata.${field}`, '{}')),
  ...['finalizers', 'ownerReferences'].map((field) => isChanged(`metadata.${field}`, '[]')),
  ...['conditions', 'addresses', 'images', 'volumesInUse', 'volumesAttached'].map((field) =>
    isChanged(`status.${field}`, '[]'),
  ),
  ...['nodeInfo', 'daemonEndpoints', 'config'].map((field) => isChanged(`status.${field}`, '{}')),
];

/** Those of Kubernetes have no domain, or its own ("Extended resources", kubernetes.io). */
const isExtended = (name: string): string =>
  `(${name}.contains("/") && !${name}.contains("kubernetes.io/"))`;

const changesOnlyExtended = (before: string, after: string): Validation => ({
  expression: [
    `${after}.all(name, (name in ${before} && ${before}[name] == ${after}[name]) || ${isExtended('name')})`,
    `${before}.all(name, name in ${after} || ${isExtended('name')})`,
  ].join(' && '),
  message: 'nodeeni changes no resource of a node but extended ones',
});

const part = (object: 'object' | 'oldObject', field: string) =>
  fieldOf(object, `status.${field}`, '{}');

/**
 * A network for pods is offered by an extended resource in the status of its node. This holds the functions to that
 * ("Validating Admission Policy", kubernetes.io).
 */
export const nodeStatusPolicy = (group: string): readonly Manifest[] =>
  admissionPolicy({
    name: NODE_STATUS_POLICY,
    rule: {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['UPDATE'],
      resources: ['nodes/status'],
      scope: 'Cluster',
    },
    judged: { name: 'by-the-functions', expression: isMember(group) },
    variables: [
      { name: 'before', expression: part('oldObject', 'capacity') },
      { name: 'after', expression: part('object', 'capacity') },
      { name: 'offeredBefore', expression: part('oldObject', 'allocatable') },
      { name: 'offeredAfter', expression: part('object', 'allocatable') },
    ],
    validations: [
      {
        expression: ELSE.map((change) => `!(${change})`).join(' && '),
        message: 'nodeeni changes nothing in the status of a node but its resources',
      },
      changesOnlyExtended('variables.before', 'variables.after'),
      changesOnlyExtended('variables.offeredBefore', 'variables.offeredAfter'),
    ],
  });
