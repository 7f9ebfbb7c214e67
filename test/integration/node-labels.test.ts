import { beforeEach, describe, expect, it } from 'vitest';
import { CallError } from '#core/errors.ts';
import { NODE_ENI_STATES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const LABEL = 'nodeeni.networking.k8s.aws/data';

let scenario: Scenario;

beforeEach(async () => {
  scenario = createScenario();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
});

const labelOf = async (name: string): Promise<string | undefined> =>
  (await scenario.kubernetes.get(NODES, name)).metadata.labels?.[LABEL];

const hostSays = async (configured: boolean): Promise<void> => {
  for (const { metadata, spec } of await scenario.states()) {
    const rows = Object.entries(spec.interfaces ?? {}).map(([slot, { eniId, generation }]) => [
      slot,
      { eniId, generation, configured },
    ]);
    const body = { status: { host: Object.fromEntries(rows) } };
    await scenario.kubernetes
      .as('node-agent')
      .patch(NODE_ENI_STATES, metadata.name, { type: 'merge', body }, { subresource: 'status' });
  }
};

describe('The label of a node', () => {
  it('comes when its host has configured what the NodeENI asks for, and goes when that is not so any more', async () => {
    const { name } = await scenario.addNode();
    await scenario.pass(30);
    const attached = await labelOf(name);

    await hostSays(true);
    await scenario.pass(10);
    const configured = await labelOf(name);
    await hostSays(false);
    await scenario.pass(10);

    expect([attached, configured, await labelOf(name)]).toEqual([undefined, 'ready', undefined]);
  });

  it('comes without an agent too, once one would have reported', async () => {
    const { name } = await scenario.addNode();

    await scenario.pass(60);
    const early = await labelOf(name);
    await scenario.pass(120);

    expect([early, await labelOf(name)]).toEqual([undefined, 'ready']);
  });

  it('is waited for by nobody while its node is not ready, and comes once it is', async () => {
    const { name } = await scenario.addNode();
    await scenario.kubernetes.setNodeReady(name, false);
    await scenario.pass(300);
    scenario.ec2.wire.log.clear();

    await scenario.pass(1800);
    const reads = scenario.ec2.wire.log.counts().DescribeInstances;
    await scenario.kubernetes.setNodeReady(name, true);
    await scenario.pass(480);

    const sweeps = 1800 / 300;
    expect([reads, await labelOf(name)]).toEqual([sweeps, 'ready']);
  });

  it('goes when the NodeENI is deleted, before the interface does', async () => {
    const { name, instanceId } = await scenario.addNode();
    await scenario.pass(30);
    await hostSays(true);
    await scenario.pass(10);

    await scenario.kubernetes.delete(NODE_ENIS, 'data');
    await scenario.pass(10);

    expect(await labelOf(name)).toBeUndefined();
    expect(scenario.oursOn(instanceId)).toHaveLength(1);
  });

  it('goes when the node is selected no more, and its other labels stay', async () => {
    const { name } = await scenario.addNode();
    await scenario.pass(30);
    await hostSays(true);
    await scenario.pass(10);

    await scenario.kubernetes.labelNode(name, { ng: null, team: 'net' });
    await scenario.pass(60);

    const { metadata } = await scenario.kubernetes.get(NODES, name);
    expect(metadata.labels).toMatchObject({ team: 'net' });
    expect(metadata.labels).not.toHaveProperty(LABEL);
  });

  it('is put back when somebody takes it off', async () => {
    const { name } = await scenario.addNode();
    await scenario.pass(30);
    await hostSays(true);
    await scenario.pass(10);

    await scenario.kubernetes.labelNode(name, { [LABEL]: null });
    await scenario.pass(10);

    expect(await labelOf(name)).toBe('ready');
  });

  it.each([
    { name: 'taken off', before: true, put: null, after: 'ready' },
    { name: 'put on', before: false, put: 'ready', after: undefined },
  ])('is mended by the sweep where it was $name and no webhook told of it', async (given) => {
    const { name } = await scenario.addNode();
    await scenario.pass(30);
    await hostSays(given.before);
    await scenario.pass(600);

    scenario.kubernetes.setWebhooksReachable(false);
    await scenario.kubernetes.labelNode(name, { [LABEL]: given.put });
    await scenario.pass(10);
    const wrong = await labelOf(name);
    await scenario.pass(330);

    expect([wrong, await labelOf(name)]).toEqual([given.put ?? undefined, given.after]);
  });

  it('stays while the NodeENI is paused', async () => {
    const { name } = await scenario.addNode();
    await scenario.pass(30);
    await hostSays(true);
    await scenario.pass(10);

    await scenario.kubernetes.patch(NODE_ENIS, 'data', {
      type: 'merge',
      body: { spec: { paused: true } },
    });
    await scenario.pass(60);

    expect(await labelOf(name)).toBe('ready');
  });

  it('that cannot be put on keeps no taint and no other node, and is tried again', async () => {
    const { name } = await scenario.addNode();
    await scenario.pass(30);
    scenario.kubernetes.failNext('patch', 'nodes', new CallError('Denied', '403', 'no right'));

    await hostSays(true);
    await scenario.pass(10);
    const atFirst = await labelOf(name);
    await scenario.pass(330);

    expect([atFirst, await labelOf(name)]).toEqual([undefined, 'ready']);
  });
});
