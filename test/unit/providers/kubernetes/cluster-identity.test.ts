import { describe, expect, it } from 'vitest';
import { createClusterIdentity } from '#providers/kubernetes/cluster-identity.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';

/** A cluster whose kube-system namespace a test replaces. */
const setUp = () => {
  const cluster = { uid: 'one' as string | undefined, reads: 0 };
  const api = {
    get: async () => {
      cluster.reads += 1;
      const { uid } = cluster;
      await Promise.resolve();
      return { metadata: { name: 'kube-system', ...(uid !== undefined && { uid }) } };
    },
  } as unknown as KubernetesApi;
  return { cluster, identity: createClusterIdentity(api) };
};

describe('the identity of the cluster', () => {
  it('is the new one as soon as the cluster was made anew', async () => {
    const { cluster, identity } = setUp();
    await identity.uid();

    cluster.uid = 'two';

    expect(await identity.uid()).toBe('two');
  });

  it('is read once for all who ask at one moment', async () => {
    const { cluster, identity } = setUp();

    expect(await Promise.all([identity.uid(), identity.uid()])).toEqual(['one', 'one']);
    expect(cluster.reads).toBe(1);
  });

  it('is read again after it could not be told', async () => {
    const { cluster, identity } = setUp();
    cluster.uid = undefined;
    await expect(identity.uid()).rejects.toThrow('The kube-system namespace has no uid');

    cluster.uid = 'one';

    expect(await identity.uid()).toBe('one');
  });
});
