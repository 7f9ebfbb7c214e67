import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { createConnectedApi } from './connected-api.ts';
import { createKubeConfigConnection } from './kube-config-connection.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

/** The Kubernetes calls over the wire, for any kubeconfig. */
export const createClientNodeApi = (config: KubeConfig): KubernetesApi =>
  createConnectedApi(createKubeConfigConnection(config));
