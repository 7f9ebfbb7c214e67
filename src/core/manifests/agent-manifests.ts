import type { Selecting } from '#core/apis/v1alpha1/selector.ts';
import { PLUGIN_NAMESPACES } from './agent.ts';
import { AGENT_IMAGE, agentDaemonSet } from './agent-daemon-set.ts';
import type { AgentFit } from './agent-options.ts';
import { agentPolicies } from './agent-policy.ts';
import { agentRbac } from './agent-rbac.ts';
import type { Manifest } from './manifest.ts';

export interface AgentManifestOptions {
  /** The agent in one file, as it was built. */
  readonly bundle: string;
  /** An image with Node 24, `nsenter` and `tee`. */
  readonly image?: string;
  /** Where the SR-IOV device plugin may run; `kube-system` unless told otherwise. */
  readonly pluginNamespaces?: readonly string[];
  /** True where the nodes run Bottlerocket. */
  readonly isForBottlerocket?: boolean;
  /** How the DaemonSet is fitted to nodes. */
  readonly fit?: AgentFit;
  /** NodeENIs: only nodes that one of them selects get an agent. Absent: all nodes do. */
  readonly nodeEnis?: readonly Selecting[];
}

/** Everything the node agent needs in a cluster beside the CRDs and the namespace; the policies before the agents. */
export const agentManifests = ({
  bundle,
  image = AGENT_IMAGE,
  pluginNamespaces = PLUGIN_NAMESPACES,
  isForBottlerocket = false,
  ...placing
}: AgentManifestOptions): readonly Manifest[] => [
  ...agentPolicies(),
  ...agentRbac(pluginNamespaces),
  ...agentDaemonSet({ bundle, image, pluginNamespaces, isForBottlerocket, ...placing }),
];
