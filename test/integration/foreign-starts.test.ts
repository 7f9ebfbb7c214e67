import { describe, expect, it } from 'vitest';
import { secondsUntilInService, workersGroup } from '#test/support/launch-group.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const FOREIGN_STARTS_AN_HOUR = 10_000;
const LAUNCHED = 20;

/** Instances of somebody else in the same account start and end all the time. */
const startForeign = async ({ ec2, clock, subnets }: Scenario, isOver: () => boolean) => {
  while (!isOver()) {
    const { instanceId } = ec2.fleet.runInstance({ subnetId: subnets.nodesB });
    void clock.sleep(20_000).then(() => ec2.fleet.terminateInstance(instanceId));
    await clock.sleep((3600 / FOREIGN_STARTS_AN_HOUR) * 1000);
  }
};

/** A group of ours is launched. Out: seconds until all of it is in service, and what was read until then. */
const launch = async (foreign: (scenario: Scenario, isOver: () => boolean) => Promise<void>) => {
  let nodeLists = 0;
  const scenario = createScenario({
    kubernetes: {
      onCall: ({ verb, resource }) => {
        if (verb === 'list' && resource === 'nodes') nodeLists += 1;
        return undefined;
      },
    },
  });
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  let isOver = false;
  void foreign(scenario, () => isOver);
  await scenario.pass(60);
  scenario.ec2.wire.log.clear();
  scenario.counters.clear();
  nodeLists = 0;

  scenario.autoScaling.createGroup(workersGroup(scenario, { desiredCapacity: LAUNCHED }));
  const seconds = await secondsUntilInService(scenario, 'workers', 300);
  isOver = true;
  const { DescribeInstances = 0, DescribeNetworkInterfaces = 0 } = scenario.ec2.wire.log.counts();
  return { seconds, nodeLists, describes: DescribeInstances + DescribeNetworkInterfaces, scenario };
};

describe('Ten thousand instances of others that start in an hour', () => {
  it('make a launch no more than a tenth slower, and cost two describes an event at most', async () => {
    const alone = await launch(async () => undefined);
    const beside = await launch(startForeign);

    expect(beside.seconds).toBeLessThanOrEqual(alone.seconds * 1.1);
    expect(beside.nodeLists).toBe(alone.nodeLists);
    const events = beside.scenario.counters.get('ForeignInstances') ?? 0;
    expect(events).toBeGreaterThan(10);
    expect(beside.describes - alone.describes).toBeLessThanOrEqual(2 * events);
    expect(beside.scenario.ours()).toHaveLength(LAUNCHED);
  });
});
