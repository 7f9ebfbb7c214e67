import { CallError } from '#core/errors.ts';
import type { ClusterIdentity } from '#core/ports/cluster.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { NAMESPACES } from './resources.ts';

/** Reads the UID of kube-system once; a failed read is not remembered. */
export const createClusterIdentity = (kubernetes: KubernetesApi): ClusterIdentity => {
  let known: Promise<string> | undefined;

  const read = async (): Promise<string> => {
    const { metadata } = await kubernetes.get(NAMESPACES, 'kube-system');
    if (metadata.uid === undefined)
      throw new CallError('Unknown', 'NoUid', 'The kube-system namespace has no uid');
    return metadata.uid;
  };

  return {
    uid() {
      known ??= read().catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
};
