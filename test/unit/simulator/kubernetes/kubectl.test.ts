import { describe, expect, it } from 'vitest';
import { EVENTS, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { nodeEniManifest, setUp, specPatch } from './cluster.ts';

describe('kubectl', () => {
  it('creates every document of a manifest', async () => {
    const { kubernetes } = setUp();

    await kubernetes.apply(`${nodeEniManifest('a')}---${nodeEniManifest('b')}`);

    const { items } = await kubernetes.list(NODE_ENIS);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  it('takes out of the object what was taken out of the manifest, and nothing else', async () => {
    const { kubernetes } = setUp();
    await kubernetes.apply(nodeEniManifest('a', 9001));
    await kubernetes.patch(NODE_ENIS, 'a', specPatch({ paused: true }));

    await kubernetes.apply(nodeEniManifest('a'));

    const stored = await kubernetes.get(NODE_ENIS, 'a');
    expect(stored.spec).toMatchObject({ subnetID: 'subnet-1', paused: true });
    expect(stored.spec).not.toHaveProperty('mtu');
  });

  it('changes nothing by applying the same manifest again', async () => {
    const { kubernetes } = setUp();
    const [first] = await kubernetes.apply(nodeEniManifest('a', 9001));

    const [second] = await kubernetes.apply(nodeEniManifest('a', 9001));

    expect(second).toBe(first);
  });

  it('refuses a kind that is not served', async () => {
    const { kubernetes } = setUp();
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };

    await expect(kubernetes.apply(pod)).rejects.toThrow('no matches for v1, Kind=Pod');
  });

  it('refuses a manifest without a name, and a change that breaks a rule', async () => {
    const { kubernetes } = setUp();
    await kubernetes.apply(nodeEniManifest('a', 9001));

    await expect(kubernetes.apply('kind: NodeENI\nmetadata: {}')).rejects.toThrow('metadata.name');
    await expect(kubernetes.apply('NodeENI')).rejects.toThrow('metadata.name');
    await expect(kubernetes.apply(nodeEniManifest('a', 67))).rejects.toThrow('mtu must be');
  });

  it("merges into the object of the manifest's namespace", async () => {
    const { kubernetes } = setUp();
    const event = (reason: string) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'default' },
      reason,
    });
    await kubernetes.apply(event('Attached'));

    await kubernetes.apply(event('Released'));

    const { reason } = await kubernetes.get(EVENTS, 'e', 'default');
    expect(reason).toBe('Released');
  });

  it('sets and takes away labels of a node', async () => {
    const { kubernetes } = setUp();
    await kubernetes.registerNode({ name: 'n', providerID: 'aws:///a/i-1', labels: { old: 'x' } });

    const { metadata } = await kubernetes.labelNode('n', { ng: 'multi-eni', old: null });

    expect(metadata.labels).toEqual({ 'kubernetes.io/hostname': 'n', ng: 'multi-eni' });
  });
});
