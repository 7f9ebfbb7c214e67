import { GROUP } from '#core/apis/v1alpha1/names.ts';
import { AGENT, AGENT_EVENTS_NAMESPACE } from './agent.ts';
import { LABELS, type Manifest, NAMESPACE } from './manifest.ts';
import type { PolicyRule } from './rbac.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${RBAC_GROUP}/v1`;

/** Reads are of all nodes, since RBAC knows no "its own"; writes are held to its own node by a policy. */
const AGENT_RULES: readonly PolicyRule[] = [
  { apiGroups: [GROUP], resources: ['nodeenistates'], verbs: ['list', 'watch'] },
  { apiGroups: [GROUP], resources: ['nodeenistates/status'], verbs: ['patch'] },
  // The node tells the instance id, and which resources it offers.
  { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
];

const AGENT_EVENTS_RULES: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['events'], verbs: ['create'] },
];

/** The device plugin reads its configuration only when it starts. */
const AGENT_PLUGIN_RULES: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
];

const SUBJECTS = [{ kind: 'ServiceAccount', name: AGENT, namespace: NAMESPACE }];

/** A role with its binding, in a namespace or, without one, in the whole cluster. */
const granted = (
  name: string,
  rules: readonly PolicyRule[],
  namespace?: string,
): readonly Manifest[] => {
  const role = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name, ...(namespace !== undefined && { namespace }), labels: LABELS };
  return [
    { apiVersion: API_VERSION, kind: role, metadata, rules },
    {
      apiVersion: API_VERSION,
      kind: `${role}Binding`,
      metadata,
      roleRef: { apiGroup: RBAC_GROUP, kind: role, name },
      subjects: SUBJECTS,
    },
  ];
};

/** The agent's account and its rights; `pluginNamespaces` are those where the device plugin may run. */
export const agentRbac = (pluginNamespaces: readonly string[]): readonly Manifest[] => [
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: AGENT, namespace: NAMESPACE, labels: LABELS },
  },
  ...granted(AGENT, AGENT_RULES),
  ...granted(`${AGENT}-events`, AGENT_EVENTS_RULES, AGENT_EVENTS_NAMESPACE),
  ...pluginNamespaces.flatMap((namespace) =>
    granted(`${AGENT}-plugin`, AGENT_PLUGIN_RULES, namespace),
  ),
];
