import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { setUp } from './cluster.ts';

describe('a kubelet', () => {
  const registration = { name: 'n', providerID: 'aws:///a/i-1', labels: { ng: 'multi-eni' } };
  const readiness = ({ status }: KubernetesObject) => Object(status).conditions[0];
  const taintKeys = (node: KubernetesObject): readonly string[] => {
    const taints: readonly { key: string }[] = Object(node.spec).taints ?? [];
    return taints.map(({ key }) => key);
  };

  it('registers a ready node without a taint', async () => {
    const { kubernetes } = setUp();

    const node = await kubernetes.registerNode(registration);

    expect(node).toMatchObject({
      metadata: { labels: { ng: 'multi-eni' } },
      spec: { providerID: 'aws:///a/i-1' },
    });
    expect(readiness(node)).toMatchObject({ type: 'Ready', status: 'True' });
    expect(taintKeys(node)).toEqual([]);
  });

  it('keeps the not-ready taint beside the own ones until the node is ready', async () => {
    const { clock, kubernetes } = setUp();
    const taints = [{ key: 'example.com/startup', effect: 'NoExecute' }];

    const notReady = await kubernetes.registerNode({ ...registration, taints, ready: false });
    await clock.advanceBy(30_000);
    const ready = await kubernetes.setNodeReady('n', true);

    expect(taintKeys(notReady)).toEqual(['example.com/startup', 'node.kubernetes.io/not-ready']);
    expect(taintKeys(ready)).toEqual(['example.com/startup']);
    expect(readiness(ready)).toMatchObject({
      status: 'True',
      lastTransitionTime: '2026-01-01T00:00:30Z',
    });
  });

  it('tells of the boot it was started in, and keeps that while its heart beats', async () => {
    const { kubernetes } = setUp();
    const bootOf = ({ status }: KubernetesObject) => Object(status).nodeInfo?.bootID;

    const first = await kubernetes.registerNode({ ...registration, bootID: 'boot-1' });
    const second = await kubernetes.registerNode({ ...registration, bootID: 'boot-2' });
    const later = await kubernetes.heartbeat('n');

    expect([first, second, later].map(bootOf)).toEqual(['boot-1', 'boot-2', 'boot-2']);
  });

  it.each([
    ['keeps', 'the same machine', 'aws:///a/i-1', '16'],
    ['offers none of', 'another machine under its name', 'aws:///a/i-2', '0'],
  ])('%s what a node was made to offer, on %s', async (_, _machine, providerID, offered) => {
    const { kubernetes } = setUp();
    await kubernetes.registerNode(registration);
    const body = { status: { capacity: { 'example.com/lan': '16' } } };
    const patch = { type: 'merge', body } as const;
    await kubernetes.as('admin').patch(NODES, 'n', patch, { subresource: 'status' });

    const { status } = await kubernetes.registerNode({ ...registration, providerID });

    expect(status).toMatchObject({ capacity: { 'example.com/lan': offered } });
  });

  it('takes the taint off although somebody writes the node at the same time', async () => {
    const { clock, kubernetes } = setUp({ latencyMs: 10 });
    const registered = kubernetes.registerNode(registration);
    // The node controller has read the node at 20 ms and writes it at 30 ms.
    await clock.advanceBy(15);
    const labelled = kubernetes.labelNode('n', { by: 'somebody' });
    await clock.advanceBy(1_000);

    await labelled;
    const node = await registered;

    expect(taintKeys(node)).toEqual([]);
    expect(node.metadata.labels).toMatchObject({ by: 'somebody' });
  });

  it.each([5, 15, 25, 35])(
    'makes a node anew that is deleted %i ms after it started again',
    async (ms) => {
      const { clock, kubernetes } = setUp({ latencyMs: 10 });
      const first = kubernetes.registerNode(registration);
      await clock.advanceBy(1_000);
      await first;

      const again = kubernetes.registerNode({ ...registration, labels: { ng: 'plain' } });
      await clock.advanceBy(ms);
      const deleted = kubernetes.deleteNode('n');
      await clock.advanceBy(1_000);

      await deleted;
      expect((await again).metadata.labels).toMatchObject({ ng: 'plain' });
    },
  );

  it('refuses a name that no node can have', async () => {
    const { kubernetes } = setUp();

    const call = kubernetes.registerNode({ ...registration, name: 'Not_A_Name' });

    await expect(call).rejects.toMatchObject({ failure: 'Invalid' });
  });

  it('moves only the heartbeat time on', async () => {
    const { clock, kubernetes } = setUp();
    const before = await kubernetes.registerNode(registration);
    await clock.advanceBy(10_000);

    const after = await kubernetes.heartbeat('n');

    expect(readiness(after)).toEqual({
      ...readiness(before),
      lastHeartbeatTime: '2026-01-01T00:00:10Z',
    });
    expect(after.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
  });

  it('brings an existing node up to date when its kubelet starts again', async () => {
    const { kubernetes } = setUp();
    const before = await kubernetes.registerNode(registration);

    const after = await kubernetes.registerNode({ ...registration, labels: { ng: 'other' } });

    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.metadata.labels).toMatchObject({ ng: 'other' });
  });
});
