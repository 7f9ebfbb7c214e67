import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { EVENTS } from '#providers/kubernetes/resources.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';

type Change = (scenario: Scenario) => Partial<NodeEniSpec>;

/** Three ready nodes, and one more that another label selects. */
const ready = async (spec: Change) => {
  const scenario = createScenario();
  await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a, ...spec(scenario) });
  for (let count = 0; count < 3; count += 1)
    await scenario.addNode({ labels: { ...LABELS, some: 'true' } });
  await scenario.addNode({ labels: { some: 'true' } });
  await scenario.pass(600);
  expect(await scenario.ready('lan')).toMatchObject({ status: 'True', observedGeneration: 1 });
  scenario.ec2.wire.log.clear();
  return scenario;
};

/** What somebody waits for who applied an edit: `kubectl wait --for=condition=Ready`, Flux, Argo CD. */
const secondsToReady = async (scenario: Scenario, most = 120): Promise<number> => {
  for (let second = 1; second <= most; second += 1) {
    await scenario.pass(1);
    const condition = await scenario.ready('lan');
    if (condition?.status === 'True' && condition.observedGeneration === 2) return second;
  }
  throw new Error(`not ready after ${most} seconds`);
};

const edited = async (change: Change, spec: Change = () => ({})) => {
  const scenario = await ready(spec);
  await scenario.applyNodeEni('lan', {
    subnetID: scenario.subnets.a,
    ...spec(scenario),
    ...change(scenario),
  });
  return { scenario, seconds: await secondsToReady(scenario) };
};

describe('Ready of an edited NodeENI', () => {
  it.each<{
    name: string;
    change: Change;
    spec?: Change;
    isApplied: (scenario: Scenario) => boolean;
  }>([
    {
      name: 'a second subnet has its interfaces',
      change: ({ subnets }) => ({ subnetIDs: [subnets.a2] }),
      isApplied: (scenario) => scenario.ours().filter(({ attachment }) => attachment).length === 6,
    },
    {
      name: 'the interfaces of a subnet that was taken out are gone',
      spec: ({ subnets }) => ({ subnetIDs: [subnets.a2] }),
      change: () => ({ subnetIDs: [] }),
      isApplied: (scenario) => scenario.ours().length === 3,
    },
    {
      name: 'the groups are changed',
      change: ({ groups }) => ({ securityGroupIDs: [groups.two] }),
      isApplied: (scenario) =>
        scenario.ours().every(({ groupIds }) => groupIds.includes(scenario.groups.two)),
    },
    {
      name: 'the tags are written',
      change: () => ({ tags: { team: 'core' } }),
      isApplied: (scenario) => scenario.ours().every(({ tags }) => tags.get('team') === 'core'),
    },
    {
      name: 'nodes that a wider selector adds are served',
      change: () => ({ nodeSelector: { some: 'true', ng: null as unknown as string } }),
      isApplied: (scenario) => scenario.ours().filter(({ attachment }) => attachment).length === 4,
    },
    {
      name: 'the flag is as it was asked for',
      change: () => ({ deleteOnTermination: false }),
      isApplied: (scenario) =>
        scenario.ours().every(({ attachment }) => attachment?.deleteOnTermination === false),
    },
  ])('is not true before $name', async ({ change, spec, isApplied }) => {
    const { scenario } = await edited(change, spec);

    expect(isApplied(scenario)).toBe(true);
  });

  it('comes within seconds and without a change in EC2, where the edit asks for nothing', async () => {
    const { scenario, seconds } = await edited(() => ({ deviceIndexPolicy: 'Require' }));

    expect(scenario.mutating()).toEqual([]);
    expect(seconds).toBeLessThan(20);
  });

  it('costs one write of each instance, and no more while nothing changes', async () => {
    const { scenario } = await edited(() => ({ deviceIndexPolicy: 'Require' }));
    const versions = async () =>
      (await scenario.states()).map(({ metadata }) => metadata.resourceVersion);
    const before = await versions();

    await scenario.pass(3600);

    expect(await versions()).toEqual(before);
    const rows = (await scenario.states()).map(({ status }) =>
      Object.values(status?.interfaces ?? {}),
    );
    expect(rows.flat().map(({ nodeEniGeneration }) => nodeEniGeneration)).toEqual([2, 2, 2]);
  });

  it('answers at once, and is not true, when no node matches', async () => {
    const scenario = createScenario();
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a2 });
    await scenario.pass(20);

    expect(await scenario.ready('lan')).toMatchObject({
      status: 'False',
      reason: 'NoMatchingNodes',
      message: 'No node matches the selector: ng=multi-eni',
      observedGeneration: 2,
    });
  });
});

describe('A deletion that EC2 refuses', () => {
  it('tells the reason in Ready and in one Warning, and ends when it is allowed', async () => {
    let isAllowed = false;
    const scenario = createScenario({
      ec2: {
        onCall: (action) =>
          action === 'DeleteNetworkInterface' && !isAllowed
            ? { code: 'UnauthorizedOperation' }
            : undefined,
      },
    });
    await scenario.addNode();
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    await scenario.deleteNodeEni('lan');
    await scenario.pass(1200);

    expect(await scenario.ready('lan')).toMatchObject({ status: 'False', reason: 'AccessDenied' });
    const { items } = await scenario.kubernetes.list(EVENTS);
    expect(items.filter(({ type }) => type === 'Warning')).toMatchObject([
      { reason: 'AccessDenied' },
    ]);

    isAllowed = true;
    await scenario.pass(3600);
    expect(await scenario.nodeEnis()).toEqual([]);
  });

  it('is reported too while the NodeENI lives and another subnet is well', async () => {
    const scenario = createScenario({
      ec2: {
        onCall: (action) =>
          action === 'DeleteNetworkInterface' ? { code: 'UnauthorizedOperation' } : undefined,
      },
    });
    await scenario.addNode();
    const { a, a2 } = scenario.subnets;
    await scenario.applyNodeEni('lan', { subnetIDs: [a, a2] });
    await scenario.pass(60);
    await scenario.applyNodeEni('lan', { subnetIDs: [a] });
    await scenario.pass(600);

    expect(await scenario.ready('lan')).toMatchObject({ status: 'False', reason: 'AccessDenied' });
  });
});
