import { GROUP, VERSION } from '#core/apis/v1alpha1/names.ts';
import type { Resource } from './kubernetes-api.ts';

const clusterScoped = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  isNamespaced: false,
});

export const NODE_ENIS = clusterScoped(GROUP, VERSION, 'nodeenis', 'NodeENI');
export const NODE_ENI_STATES = clusterScoped(GROUP, VERSION, 'nodeenistates', 'NodeENIState');
export const NODES = clusterScoped('', 'v1', 'nodes', 'Node');
export const NAMESPACES = clusterScoped('', 'v1', 'namespaces', 'Namespace');
export const EVENTS: Resource = {
  group: '',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  isNamespaced: true,
};

/** What Multus calls a network ("Kubernetes Network Custom Resource Definition De-facto Standard", NPWG). */
export const NETWORK_ATTACHMENTS: Resource = {
  group: 'k8s.cni.cncf.io',
  version: 'v1',
  plural: 'network-attachment-definitions',
  kind: 'NetworkAttachmentDefinition',
  isNamespaced: true,
};

/** How processes agree on who acts ("Leases", kubernetes.io). */
export const LEASES: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  isNamespaced: true,
};
