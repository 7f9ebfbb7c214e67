import { customResourceDefinitions } from '#core/apis/v1alpha1/crd.ts';
import { type AgentManifestOptions, agentManifests } from './agent-manifests.ts';
import { FUNCTIONS_GROUP, LABELS, type Manifest, NAMESPACE } from './manifest.ts';
import { type MonitoringOptions, monitoringManifests } from './monitoring.ts';
import { networkPolicy } from './network-policy.ts';
import { nodeEniPolicy } from './node-eni-policy.ts';
import { nodePolicy } from './node-policy.ts';
import { nodeStatusPolicy } from './node-status-policy.ts';
import { peopleRbac } from './people-rbac.ts';
import { functionsRbac } from './rbac.ts';
import { webhookConfiguration } from './webhook.ts';

export interface ClusterManifestOptions {
  /** The group the functions are in; `nodeeni:functions` unless told otherwise. */
  readonly group?: string;
  /** URL of the relay with its secret path; without it only the sweep sees changes. */
  readonly webhookUrl?: string;
  /** False when the CRDs are installed by another way. */
  readonly hasCrds?: boolean;
  /** The node agent; left out unless it is given. */
  readonly agent?: AgentManifestOptions;
  /** What watches over it; left out unless it is given. */
  readonly monitoring?: MonitoringOptions;
}

/** The agent works on the host itself, which only this level allows ("Pod Security Standards", kubernetes.io). */
const AGENT_POD_SECURITY = { 'pod-security.kubernetes.io/enforce': 'privileged' } as const;

const namespaceManifest = (hasAgent: boolean): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: NAMESPACE, labels: { ...LABELS, ...(hasAgent && AGENT_POD_SECURITY) } },
});

/**
 * With a CRD go its objects, and with them the record of what was made in EC2. So those who take out what they put in
 * are told to leave it: Helm, Argo CD and Flux, each by its own annotation.
 */
const KEPT = {
  'helm.sh/resource-policy': 'keep',
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
} as const;

const keptDefinitions = (): readonly Manifest[] =>
  Object.values(customResourceDefinitions() as Readonly<Record<string, Manifest>>).map(
    (definition) => ({
      ...definition,
      metadata: { ...definition.metadata, labels: LABELS, annotations: KEPT },
    }),
  );

/** Everything the functions, and the agent where it is asked for, need in a cluster, in an order in which it can be applied. */
export const clusterManifests = ({
  group = FUNCTIONS_GROUP,
  webhookUrl,
  hasCrds = true,
  agent,
  monitoring,
}: ClusterManifestOptions = {}): readonly Manifest[] => [
  namespaceManifest(agent !== undefined),
  ...(hasCrds ? keptDefinitions() : []),
  ...functionsRbac(group),
  ...peopleRbac(),
  ...nodePolicy(group),
  ...nodeStatusPolicy(group),
  ...networkPolicy(group),
  ...nodeEniPolicy(group),
  ...(webhookUrl === undefined ? [] : [webhookConfiguration(webhookUrl, group)]),
  ...(agent === undefined ? [] : agentManifests(agent)),
  ...(monitoring === undefined ? [] : monitoringManifests(monitoring)),
];
