import { describe, expect, it } from 'vitest';
import { createScenario } from '#test/support/scenario.ts';

const settled = async (nodes: number) => {
  const scenario = createScenario();
  const added: Awaited<ReturnType<typeof scenario.addNode>>[] = [];
  for (let count = 0; count < nodes; count += 1) added.push(await scenario.addNode());
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(600);
  scenario.ec2.wire.log.clear();
  scenario.counters.clear();
  return { ...scenario, nodes: added };
};

describe('When nothing happens', () => {
  it('ten minutes cost no changing call and two describes a sweep, plus look-ups once a cache is stale', async () => {
    const scenario = await settled(20);
    await scenario.pass(600);

    const counts = scenario.ec2.wire.log.counts();
    expect(scenario.mutating()).toEqual([]);
    expect(counts).toMatchObject({ DescribeInstances: 2, DescribeNetworkInterfaces: 4 });
    expect(scenario.ec2.wire.log.calls.length).toBeLessThanOrEqual(2 * 6);
  });

  it('a hundred heartbeats of nodes cost no call at all', async () => {
    const scenario = await settled(10);
    scenario.ec2.wire.log.clear();
    for (let beat = 0; beat < 10; beat += 1)
      for (const { name } of scenario.nodes) await scenario.kubernetes.heartbeat(name);
    await scenario.pass(60);

    expect(scenario.ec2.wire.log.calls).toEqual([]);
    expect(scenario.counters.get('Reconciles') ?? 0).toBe(0);
  });

  it('no object of ours is written again and again', async () => {
    const scenario = await settled(3);
    const versions = async () =>
      [
        ...(await scenario.states()),
        ...(
          await scenario.kubernetes.list(
            (
              await import('#providers/kubernetes/resources.ts')
            ).NODE_ENIS,
          )
        ).items,
      ].map(({ metadata }) => metadata.resourceVersion);
    const before = await versions();
    await scenario.pass(1800);

    expect(await versions()).toEqual(before);
  });
});

describe('Hints', () => {
  it('of a thousand node changes in a second end in at most two reconciles an instance', async () => {
    const scenario = await settled(10);
    for (let change = 0; change < 100; change += 1)
      for (const { name } of scenario.nodes)
        await scenario.kubernetes.labelNode(name, { change: `${change}` });
    await scenario.pass(120);

    expect(scenario.counters.get('HintsSent')).toBeGreaterThanOrEqual(1000);
    expect(scenario.counters.get('Reconciles')).toBeLessThanOrEqual(2 * 10 + 2);
    expect(scenario.mutating()).toEqual([]);
  });

  it('our own writes ask for no reconcile, and a first reconcile starts no endless chain', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(290);
    const reconciles = scenario.counters.get('Reconciles') ?? 0;

    expect(reconciles).toBeLessThanOrEqual(8);
    expect(scenario.installation.pending()).toBe(0);
  });

  it('an acknowledgement of the agent costs one reconcile and one roll-up', async () => {
    const scenario = await settled(1);
    const [state] = await scenario.states();
    const slot = `data/${scenario.subnets.a}`;
    const record = state?.spec.interfaces?.[slot];
    const { NODE_ENI_STATES } = await import('#providers/kubernetes/resources.ts');
    await scenario.kubernetes.as('node-agent').patch(
      NODE_ENI_STATES,
      state?.metadata.name ?? '',
      {
        type: 'merge',
        body: {
          status: {
            host: {
              [slot]: {
                eniId: record?.eniId,
                generation: record?.generation,
                configured: true,
                interfaceName: 'ens7',
              },
            },
          },
        },
      },
      { subresource: 'status' },
    );
    await scenario.pass(60);

    expect(scenario.counters.get('Reconciles')).toBeLessThanOrEqual(2);
    expect((await scenario.status('data')).attachments).toMatchObject([{ interfaceName: 'ens7' }]);
  });
});
