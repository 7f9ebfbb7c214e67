import { describe, expect, it } from 'vitest';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

/** Kills the functions after their n-th changing EC2 call from now, and starts new ones half a minute later. */
const crashAfter = async (scenario: Scenario, calls: number): Promise<void> => {
  scenario.ec2.wire.crashAfter(calls, scenario.installation.kill);
  await scenario.pass(60);
  scenario.installation.kill();
  scenario.installation.restart();
  await scenario.pass(1200);
};

const start = async (consistencySeconds: number) => {
  const scenario = createScenario({ ec2: { consistencySeconds } });
  const node = await scenario.addNode();
  return { scenario, node };
};

const WAYS = [1, 2, 3, 4, 5, 6].flatMap((calls) =>
  [0, 45].map((consistencySeconds) => ({ calls, consistencySeconds })),
);

describe('A process that is killed', () => {
  it.each(WAYS)(
    'after call $calls of a creation leaves one ENI for each slot (describes $consistencySeconds s behind)',
    async ({ calls, consistencySeconds }) => {
      const { scenario, node } = await start(consistencySeconds);
      const { a, a2 } = scenario.subnets;
      await scenario.applyNodeEni('data', { subnetIDs: [a, a2] });

      await crashAfter(scenario, calls);

      expect(
        scenario
          .ours()
          .map(({ subnetId }) => subnetId)
          .toSorted(),
      ).toEqual([a, a2].toSorted());
      expect(scenario.oursOn(node.instanceId)).toHaveLength(2);
      expect(scenario.ours().every(({ attachment }) => attachment?.deleteOnTermination)).toBe(true);
      expect(await scenario.status('data')).toMatchObject({ summary: '2/2' });
    },
  );

  it.each(WAYS)(
    'after call $calls of a deletion leaves nothing (describes $consistencySeconds s behind)',
    async ({ calls, consistencySeconds }) => {
      const { scenario } = await start(consistencySeconds);
      const { a, a2 } = scenario.subnets;
      await scenario.applyNodeEni('data', { subnetIDs: [a, a2] });
      await scenario.pass(240);

      await scenario.deleteNodeEni('data');
      await crashAfter(scenario, calls);

      expect(scenario.ours()).toEqual([]);
      expect(await scenario.nodeEnis()).toEqual([]);
    },
  );

  it('after its create call took effect, with the NodeENI deleted meanwhile, leaves nothing', async () => {
    const { scenario } = await start(45);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    scenario.ec2.wire.crashAfter(1, scenario.installation.kill);
    await scenario.pass(10);
    await scenario.deleteNodeEni('data');
    scenario.installation.restart();

    let hasLetGoEarly = false;
    for (let second = 0; second < 1200; second += 1) {
      await scenario.pass(1);
      const isGone = (await scenario.nodeEnis()).length === 0;
      hasLetGoEarly ||= isGone && scenario.ours().length > 0;
    }

    expect(hasLetGoEarly).toBe(false);
    expect(scenario.ours()).toEqual([]);
    expect(await scenario.nodeEnis()).toEqual([]);
  });

  it('between two calls of a change of groups finishes the change', async () => {
    const { scenario } = await start(0);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      securityGroupIDs: [scenario.groups.two],
      description: 'changed',
    });
    await crashAfter(scenario, 1);

    expect(scenario.ours()).toMatchObject([
      { groupIds: [scenario.groups.two], description: 'changed' },
    ]);
  });
});

describe('An answer that is lost', () => {
  it.each(['CreateNetworkInterface', 'AttachNetworkInterface', 'ModifyNetworkInterfaceAttribute'])(
    'after %s took effect makes no second ENI',
    async (action) => {
      const { scenario, node } = await start(20);
      scenario.ec2.wire.failNext(action, { code: 'TimeoutError', isAfterEffect: true });
      await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
      await scenario.pass(400);

      expect(scenario.ours()).toHaveLength(1);
      expect(scenario.oursOn(node.instanceId)).toMatchObject([
        { attachment: { deviceIndex: 2, deleteOnTermination: true } },
      ]);
      expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    },
  );

  it.each(['DetachNetworkInterface', 'DeleteNetworkInterface'])(
    'after %s took effect ends in nothing left',
    async (action) => {
      const { scenario } = await start(0);
      await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
      await scenario.pass(60);
      scenario.ec2.wire.failNext(action, { code: 'TimeoutError', isAfterEffect: true });

      await scenario.deleteNodeEni('data');
      await scenario.pass(700);

      expect(scenario.ours()).toEqual([]);
      expect(await scenario.nodeEnis()).toEqual([]);
    },
  );
});
