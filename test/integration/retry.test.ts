import { describe, expect, it } from 'vitest';
import { runRetry } from '#cli/retry/run.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

/** A node and a NodeENI, and EC2 refuses this call until it is allowed. */
const setUp = async (refused: string) => {
  const policy = { isDenied: true };
  const scenario = createScenario({
    ec2: {
      onCall: (action) =>
        policy.isDenied && action === refused ? { code: 'UnauthorizedOperation' } : undefined,
    },
  });
  await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(60);
  return { scenario, policy };
};

const retry = ({ kubernetes, clock, installation }: Scenario, name = 'data') =>
  runRetry({ kubernetes, clock, states: installation.operator().stores.states }, name);

const calls = (scenario: Scenario, action: string): number =>
  scenario.ec2.wire.log.counts()[action] ?? 0;

describe('nodeeni retry', () => {
  it.each(['CreateNetworkInterface', 'AttachNetworkInterface'])(
    'has %s made again within seconds of its being allowed',
    async (action) => {
      const { scenario, policy } = await setUp(action);
      policy.isDenied = false;

      const told = await retry(scenario);
      await scenario.pass(20);

      expect(told).toMatch(/^data: tried again now:\n {2}i-.* AccessDenied, would have waited/);
      expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    },
  );

  it('ends the wait of a deletion that was refused', async () => {
    const { scenario, policy } = await setUp('DetachNetworkInterface');
    await scenario.deleteNodeEni('data');
    await scenario.pass(180);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'AccessDenied' });
    policy.isDenied = false;

    await retry(scenario);
    await scenario.pass(30);

    expect(scenario.ours()).toEqual([]);
    expect(await scenario.nodeEnis()).toEqual([]);
  });

  it('is one more try and not many, where it is refused again', async () => {
    const { scenario } = await setUp('AttachNetworkInterface');
    const before = calls(scenario, 'AttachNetworkInterface');

    await retry(scenario);
    await scenario.pass(120);

    expect(calls(scenario, 'AttachNetworkInterface') - before).toBe(1);
  });

  it('can be asked for again and again', async () => {
    const { scenario } = await setUp('AttachNetworkInterface');
    const before = calls(scenario, 'AttachNetworkInterface');

    for (let times = 0; times < 3; times += 1) {
      await retry(scenario);
      await scenario.pass(30);
    }

    expect(calls(scenario, 'AttachNetworkInterface') - before).toBe(3);
  });

  it('leaves what is well alone, and says so', async () => {
    const { scenario } = await setUp('none');
    const before = scenario.mutating().length;

    const told = await retry(scenario);
    await scenario.pass(60);

    expect(told).toBe('data: nothing waits for a refused call; it is reconciled.\n');
    expect(scenario.mutating()).toHaveLength(before);
  });

  it('knows no NodeENI that is not there', async () => {
    const { scenario } = await setUp('none');

    await expect(retry(scenario, 'nobody')).rejects.toThrow('There is no NodeENI "nobody".');
  });
});
