import { describe, expect, it } from 'vitest';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const NODES = 130;

/** More nodes at once than a quarter of EC2's request buckets lets be built at once. */
const setUp = async (): Promise<Scenario> => {
  const scenario = createScenario({
    ec2: { hasRequestBuckets: true, latencyMs: 100, attachSeconds: 1.5 },
    installation: { budget: { share: 0.25, burstShare: 0.25 } },
  });
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  for (let index = 0; index < NODES; index += 1) await scenario.addNode();
  await scenario.pass(30);
  return scenario;
};

const messageOf = async (scenario: Scenario, type: string): Promise<string> =>
  (await scenario.status('data')).conditions?.find((one) => one.type === type)?.message ?? '';

const endIn = (message: string): number =>
  Date.parse(/until about (\S+Z)/.exec(message)?.[1] ?? '');

describe('A NodeENI whose interfaces wait for the request budget', () => {
  it('tells when they will be there, and no more once they are', async () => {
    const scenario = await setUp();
    const beganAt = scenario.clock.now().getTime();
    const ready = await messageOf(scenario, 'Ready');
    const throttled = await messageOf(scenario, 'Throttled');

    while ((await scenario.ready('data'))?.status !== 'True') await scenario.pass(5);
    const tookMs = scenario.clock.now().getTime() - beganAt;

    expect(ready).toMatch(/\d+ of \d+ interfaces are ready/);
    expect(endIn(throttled)).toBe(endIn(ready));
    expect((endIn(ready) - beganAt) / tookMs).toBeGreaterThan(0.6);
    expect((endIn(ready) - beganAt) / tookMs).toBeLessThan(1.6);
    expect(await messageOf(scenario, 'Throttled')).toBe('');
  });
});
