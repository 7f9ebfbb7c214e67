import { GROUP } from '#core/apis/v1alpha1/names.ts';
import { LABELS, type Manifest } from './manifest.ts';

const NAME = 'nodeeni-functions';
const RBAC_GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${RBAC_GROUP}/v1`;

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** What the functions do to objects of the whole cluster, and nothing more. */
export const FUNCTIONS_RULES: readonly PolicyRule[] = [
  { apiGroups: [GROUP], resources: ['nodeenis'], verbs: ['list', 'patch'] },
  { apiGroups: [GROUP], resources: ['nodeenis/status'], verbs: ['patch'] },
  {
    apiGroups: [GROUP],
    resources: ['nodeenistates'],
    verbs: ['get', 'list', 'create', 'patch', 'delete'],
  },
  { apiGroups: [GROUP], resources: ['nodeenistates/status'], verbs: ['patch'] },
  // The startup taint is taken off by a patch of the node; a policy refuses every other change.
  { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'patch'] },
  // Extended resources, of the networks for pods; a policy refuses every other change.
  { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
  // By these pods ask for such a network; a policy holds the functions to their own.
  {
    apiGroups: ['k8s.cni.cncf.io'],
    resources: ['network-attachment-definitions'],
    verbs: ['list', 'create', 'patch', 'delete'],
  },
  // Those that `namespaceSelector` selects.
  { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] },
  // Its uid tells clusters of equal names apart.
  { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
];

/** Events about objects without a namespace are kept in `default`. */
export const EVENTS_RULES: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['events'], verbs: ['get', 'create', 'patch'] },
];
const EVENTS_NAMESPACE = 'default';

const bindingTo = (group: string, role: 'ClusterRole' | 'Role') => ({
  roleRef: { apiGroup: RBAC_GROUP, kind: role, name: NAME },
  subjects: [{ apiGroup: RBAC_GROUP, kind: 'Group', name: group }],
});

/** The rights of the functions, given to a group ("Using RBAC Authorization", kubernetes.io). */
export const functionsRbac = (group: string): readonly Manifest[] => {
  const metadata = { name: NAME, labels: LABELS };
  const namespaced = { ...metadata, namespace: EVENTS_NAMESPACE };
  return [
    { apiVersion: API_VERSION, kind: 'ClusterRole', metadata, rules: FUNCTIONS_RULES },
    {
      apiVersion: API_VERSION,
      kind: 'ClusterRoleBinding',
      metadata,
      ...bindingTo(group, 'ClusterRole'),
    },
    { apiVersion: API_VERSION, kind: 'Role', metadata: namespaced, rules: EVENTS_RULES },
    {
      apiVersion: API_VERSION,
      kind: 'RoleBinding',
      metadata: namespaced,
      ...bindingTo(group, 'Role'),
    },
  ];
};
