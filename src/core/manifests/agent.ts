import { NAMESPACE } from './manifest.ts';

/** The name of everything that the node agent needs in a cluster. */
export const AGENT = 'nodeeni-agent';

/** Who the agent is to the API server ("Service Accounts", kubernetes.io). */
export const AGENT_USER = `system:serviceaccount:${NAMESPACE}:${AGENT}`;

/** Where Events about nodes are kept, as about everything without a namespace. */
export const AGENT_EVENTS_NAMESPACE = 'default';

/** Where the SR-IOV device plugin's own manifests put it. */
export const PLUGIN_NAMESPACES = ['kube-system'] as const;
