import { CallError } from '#core/errors.ts';
import type { ClusterIdentity } from '#core/ports/cluster.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { NAMESPACES } from './resources.ts';

/**
 * Reads the UID of kube-system whenever it is asked for, once for all who ask at one moment. A cluster can be made anew
 * under its name and behind its address at any time, and an ENI that carries the uid of the one before is nobody's.
 */
export const createClusterIdentity = (kubernetes: KubernetesApi): ClusterIdentity => {
  let reading: Promise<string> | undefined;

  const read = async (): Promise<string> => {
    const { metadata } = await kubernetes.get(NAMESPACES, 'kube-system');
    if (metadata.uid === undefined)
      throw new CallError('Unknown', 'NoUid', 'The kube-system namespace has no uid');
    return metadata.uid;
  };

  return {
    uid() {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
};
