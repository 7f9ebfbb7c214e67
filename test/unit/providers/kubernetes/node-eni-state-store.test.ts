import { describe, expect, it } from 'vitest';
import { createNodeEniStateStore } from '#providers/kubernetes/node-eni-state-store.ts';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import { SimulatedKubernetes } from '#simulator/kubernetes/simulated-kubernetes.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { ago, aRecord, INSTANCE_ID } from '#test/support/builders.ts';

const ROW = { eniId: 'eni-1', generation: 1, configured: false, reason: 'MtuTooLarge' };

const setUp = async () => {
  const kubernetes = new SimulatedKubernetes({ clock: new VirtualClock() });
  const store = createNodeEniStateStore(kubernetes.as('nodeeni'));
  await store.patchSpec(INSTANCE_ID, { interfaces: { 'a/s': aRecord(), 'b/s': aRecord() } });
  const status = async () => (await store.get(INSTANCE_ID))?.status;
  return { kubernetes, store, status };
};

describe('what a host says, passed on', () => {
  it('replaces the row of its slot whole, and leaves all others alone', async () => {
    const { store, status } = await setUp();
    await store.patchStatus(INSTANCE_ID, { host: { 'a/s': ROW, 'b/s': ROW } });

    await store.patchStatus(INSTANCE_ID, {
      host: { 'a/s': { eniId: 'eni-1', generation: 2, configured: true, mtu: 9001 } },
    });

    expect((await status())?.host).toEqual({
      'a/s': { eniId: 'eni-1', generation: 2, configured: true, mtu: 9001 },
      'b/s': ROW,
    });
  });

  it('stays when the controller writes its own rows', async () => {
    const { store, status } = await setUp();
    await store.patchStatus(INSTANCE_ID, { host: { 'a/s': ROW } });
    const said = { phase: 'Attached', reason: 'Attached', message: '', since: ago(1) } as const;

    await store.patchStatus(INSTANCE_ID, { interfaces: { 'a/s': said } });

    expect(await status()).toEqual({ host: { 'a/s': ROW }, interfaces: { 'a/s': said } });
  });

  it('is one row whole: what an earlier one said and this one does not is taken away', async () => {
    const { store, status } = await setUp();
    const said = { phase: 'Attached', reason: 'Attached', message: '', since: ago(1) } as const;
    await store.patchStatus(INSTANCE_ID, {
      interfaces: { 'a/s': { ...said, nodeEniGeneration: 1 } },
    });

    await store.patchStatus(INSTANCE_ID, { interfaces: { 'a/s': said } });

    expect(await status()).toEqual({ interfaces: { 'a/s': said } });
  });

  it('goes when its slot is gone', async () => {
    const { store, status } = await setUp();
    await store.patchStatus(INSTANCE_ID, { host: { 'a/s': ROW, 'b/s': ROW } });

    await store.patchStatus(INSTANCE_ID, { dropHost: ['a/s'] });

    expect((await status())?.host).toEqual({ 'b/s': ROW });
  });
});

describe('the record of a command', () => {
  const SENT = {
    digest: 'one',
    bootedAt: ago(3600),
    sentAt: ago(10),
    commandId: 'command-1',
    failures: 0,
  };

  it('is replaced whole by the next one', async () => {
    const { store } = await setUp();
    const outcome = { reason: 'CommandFailed', message: 'No Node.' };
    await store.patchSpec(INSTANCE_ID, { hostCommand: { ...SENT, outcome, retryAt: ago(-30) } });

    const { spec } = await store.patchSpec(INSTANCE_ID, { hostCommand: SENT });

    expect(spec.hostCommand).toEqual(SENT);
    expect(Object.keys(spec.interfaces ?? {})).toEqual(['a/s', 'b/s']);
  });

  it('stays when interfaces are written', async () => {
    const { kubernetes, store } = await setUp();
    await store.patchSpec(INSTANCE_ID, { hostCommand: SENT });

    await store.patchSpec(INSTANCE_ID, { interfaces: { 'a/s': null } });

    expect((await kubernetes.get(NODE_ENI_STATES, INSTANCE_ID)).spec).toMatchObject({
      hostCommand: SENT,
    });
  });
});

describe('what is kept of an object', () => {
  it('is all but the list of who wrote which field, which nobody reads', async () => {
    const { kubernetes } = await setUp();
    const api = kubernetes.as('nodeeni');
    const store = createNodeEniStateStore({
      ...api,
      async list(...question) {
        const page = await api.list(...question);
        return {
          ...page,
          items: page.items.map((item) => ({
            ...item,
            metadata: { ...item.metadata, labels: { a: 'b' }, managedFields: [{ manager: 'x' }] },
          })),
        };
      },
    });

    const [state] = await store.list();

    expect(state?.metadata).toMatchObject({ name: INSTANCE_ID, labels: { a: 'b' } });
    expect(state?.metadata).not.toHaveProperty('managedFields');
  });
});

describe('the name of the Node', () => {
  it('is written with the first record, and stays when a later one does not name it', async () => {
    const { store } = await setUp();
    const other = 'i-0fedcba9876543210';

    const first = await store.patchSpec(other, { nodeName: 'worker-1', interfaces: {} });
    const later = await store.patchSpec(other, { interfaces: { 'a/s': aRecord() } });

    expect([first, later].map(({ spec }) => spec.nodeName)).toEqual(['worker-1', 'worker-1']);
  });

  it('is absent as long as there is none', async () => {
    const { store } = await setUp();

    expect((await store.get(INSTANCE_ID))?.spec).not.toHaveProperty('nodeName');
  });
});
