import { setImmediate as settle } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CallError } from '#core/errors.ts';
import type { WatchEvent } from '#providers/kubernetes/kubernetes-api.ts';
import { EVENTS, NAMESPACES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import { nodeEni, nodeEniManifest, setUp, specPatch } from './cluster.ts';

const lostAnswer = new CallError('Unknown', 'ETIMEDOUT', 'no answer');

describe('the way to SimulatedKubernetes', () => {
  it('takes its latency for every call', async () => {
    const { clock, kubernetes } = setUp({ latencyMs: 40 });
    const created = kubernetes.create(NODE_ENIS, nodeEni('a')).then(({ metadata }) => metadata);

    await clock.advanceBy(100);

    expect((await created).creationTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(clock.now().getMilliseconds()).toBe(100);
  });

  it('fails every call and breaks the watches while it is unreachable', async () => {
    const { kubernetes } = setUp();
    const watch = kubernetes.watch(NODES, () => {}, new AbortController().signal);
    const brokenWatch = expect(watch).rejects.toMatchObject({ failure: 'Unknown' });
    await settle();

    kubernetes.setUnreachable(true);

    await brokenWatch;
    await expect(kubernetes.list(NODES)).rejects.toMatchObject({ failure: 'Unknown' });
    kubernetes.setUnreachable(false);
    await expect(kubernetes.list(NODES)).resolves.toMatchObject({ items: [] });
  });

  it('fails one call before its effect', async () => {
    const { kubernetes } = setUp();
    kubernetes.failNext('create', 'nodeenis', lostAnswer);

    await expect(kubernetes.create(NODE_ENIS, nodeEni('a'))).rejects.toBe(lostAnswer);

    await expect(kubernetes.get(NODE_ENIS, 'a')).rejects.toMatchObject({ failure: 'NotFound' });
    await expect(kubernetes.create(NODE_ENIS, nodeEni('a'))).resolves.toBeDefined();
  });

  it('loses the answer of one call after its effect', async () => {
    const { kubernetes } = setUp();
    kubernetes.failNextAfterEffect('create', 'nodeenis', lostAnswer);

    await expect(kubernetes.create(NODE_ENIS, nodeEni('a'))).rejects.toBe(lostAnswer);

    await expect(kubernetes.get(NODE_ENIS, 'a')).resolves.toBeDefined();
  });

  it('fails the writes of a status alone when asked for them', async () => {
    const { kubernetes } = setUp();
    await kubernetes.create(NODE_ENIS, nodeEni('a'));
    kubernetes.failNext('patch', 'nodeenis/status', lostAnswer);
    const status = { type: 'merge', body: { status: { matchedNodes: 1 } } } as const;

    await expect(kubernetes.patch(NODE_ENIS, 'a', specPatch({ mtu: 9001 }))).resolves.toBeDefined();
    await expect(kubernetes.patch(NODE_ENIS, 'a', status, { subresource: 'status' })).rejects.toBe(
      lostAnswer,
    );
  });

  it('shows every call of the product, with its user, and none of people and kubelets', async () => {
    const calls: object[] = [];
    const { kubernetes } = setUp({ onCall: (call) => void calls.push(call) });
    await kubernetes.registerNode({ name: 'n', providerID: 'aws:///a/i-1' });
    await kubernetes.apply(nodeEniManifest('a', 9001));

    await kubernetes.as('nodeeni').get(NODE_ENIS, 'a');

    expect(calls).toEqual([{ verb: 'get', resource: 'nodeenis', name: 'a', userName: 'nodeeni' }]);
  });

  it('answers NotFound for a resource whose CRD is away', async () => {
    const { kubernetes } = setUp();
    await kubernetes.create(NODE_ENIS, nodeEni('a'));

    kubernetes.setServed(NODE_ENIS, false);

    await expect(kubernetes.list(NODE_ENIS)).rejects.toMatchObject({ failure: 'NotFound' });
    await expect(kubernetes.get(NODE_ENIS, 'a')).rejects.toMatchObject({ failure: 'NotFound' });
    kubernetes.setServed(NODE_ENIS, true);
    await expect(kubernetes.get(NODE_ENIS, 'a')).resolves.toBeDefined();
  });

  it('refuses a namespaced object without a namespace', async () => {
    const { kubernetes } = setUp();

    const call = kubernetes.create(EVENTS, { metadata: { name: 'e' } });

    await expect(call).rejects.toMatchObject({ failure: 'Invalid' });
  });

  it('keeps what it stored apart from what was sent', async () => {
    const { kubernetes } = setUp();
    const sent = nodeEni('a', { tags: { team: 'net' } });
    await kubernetes.create(NODE_ENIS, sent);

    Object.assign(Object(sent.spec).tags, { team: 'other' });

    const stored = await kubernetes.get(NODE_ENIS, 'a');
    expect(stored.spec).toMatchObject({ tags: { team: 'net' } });
    expect(() => Object.assign(Object(stored.spec), { mtu: 1 })).toThrow(TypeError);
  });
});

describe('lists and watches of SimulatedKubernetes', () => {
  it('forgets a continue token after five minutes', async () => {
    const { clock, kubernetes } = setUp();
    const first = await kubernetes.list(NAMESPACES, { limit: 1 });
    const page = () => kubernetes.list(NAMESPACES, { limit: 1, continue: first.continue ?? '' });

    await clock.advanceBy(299_000);
    await expect(page()).resolves.toMatchObject({ items: [{}] });

    await clock.advanceBy(1_000);
    await expect(page()).rejects.toMatchObject({ failure: 'Unknown', code: 'Expired' });
  });

  it('tells a watch nothing of other resources', async () => {
    const { kubernetes } = setUp();
    const types: string[] = [];
    const controller = new AbortController();
    const watch = kubernetes.watch(NODES, ({ type }) => types.push(type), controller.signal);
    await settle();

    await kubernetes.create(NODE_ENIS, nodeEni('a'));
    await kubernetes.create(NODES, { metadata: { name: 'n' } });
    await settle();

    controller.abort();
    await watch;
    expect(types).toEqual(['BOOKMARK', 'ADDED']);
  });

  it('ends a watch whose signal aborts while an event is told', async () => {
    const { kubernetes } = setUp();
    const controller = new AbortController();

    const watch = kubernetes.watch(NODES, () => controller.abort(), controller.signal);

    await expect(watch).resolves.toBeUndefined();
  });

  it('ends the watches normally when the server closes them', async () => {
    const { kubernetes } = setUp();
    const events: WatchEvent[] = [];
    const watch = kubernetes.watch(
      NODES,
      (event) => events.push(event),
      new AbortController().signal,
    );
    await settle();

    kubernetes.closeWatches();

    await expect(watch).resolves.toBeUndefined();
    await kubernetes.create(NODES, { metadata: { name: 'n' } });
    expect(events.map(({ type }) => type)).toEqual(['BOOKMARK']);
  });
});

describe('an object older than a rule', () => {
  it('lets a write pass that leaves the old fault alone', async () => {
    const { kubernetes } = setUp();
    kubernetes.storeUnchecked(NODE_ENIS, { metadata: { name: 'old' }, spec: { mtu: 50 } });
    const finalizers = { type: 'merge', body: { metadata: { finalizers: ['x.io/y'] } } } as const;

    const patched = await kubernetes.patch(NODE_ENIS, 'old', finalizers);

    expect(patched).toMatchObject({ metadata: { finalizers: ['x.io/y'] }, spec: { mtu: 50 } });
  });

  it('refuses a write that changes the faulty field to another fault', async () => {
    const { kubernetes } = setUp();
    kubernetes.storeUnchecked(NODE_ENIS, nodeEni('old', { mtu: 50 }));

    await expect(kubernetes.patch(NODE_ENIS, 'old', specPatch({ mtu: 51 }))).rejects.toThrow(
      'spec.mtu',
    );
    await expect(
      kubernetes.patch(NODE_ENIS, 'old', specPatch({ paused: true })),
    ).resolves.toBeDefined();
  });
});

describe('a cluster that is made anew', () => {
  it('has another uid, and none of the objects of the one before', async () => {
    const { kubernetes } = setUp();
    await kubernetes.create(NODE_ENIS, nodeEni('a'));
    const before = await kubernetes.get(NAMESPACES, 'kube-system');

    kubernetes.startAnew([NODE_ENIS]);

    const after = await kubernetes.get(NAMESPACES, 'kube-system');
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(kubernetes.stored(NODE_ENIS)).toEqual([]);
  });
});
