import { describe, expect, it } from 'vitest';
import { MOST } from '#core/apis/v1alpha1/bounds.ts';
import { launchHook, secondsUntilInService, workersGroup } from '#test/support/launch-group.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';

const TENANTS = 100;
const LAUNCHED = 10;
const texts = (prefix: string, characters: number): string[] =>
  Array.from({ length: MOST.references }, (_, index) =>
    `${prefix}-${index}-`.padEnd(characters, 'x'),
  );

/** A NodeENI that asks for as much as it may, and of which EC2 knows nothing. */
const applyHostile = (
  scenario: Scenario,
  tenant: number,
  nodeSelector: Readonly<Record<string, string>>,
) =>
  scenario.applyNodeEni(`hostile-${tenant}`, {
    nodeSelector,
    subnetIDs: texts(`subnet-${tenant}`, MOST.idCharacters),
    subnetNames: texts(`lan-${tenant}`, MOST.nameCharacters),
    securityGroupIDs: texts(`sg-${tenant}`, MOST.idCharacters),
    securityGroupNames: texts(`group-${tenant}`, MOST.nameCharacters),
  });

/** A group is launched whose hook waits for the victim's NodeENI. Out: seconds until all of it is in service. */
const launch = async (beside: (scenario: Scenario) => Promise<void>): Promise<number> => {
  const scenario = createScenario({ ec2: { hasRequestBuckets: true } });
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await beside(scenario);
  await scenario.pass(60);
  const hooks = [launchHook({ nodeENIs: ['data'] })];

  scenario.autoScaling.createGroup(workersGroup(scenario, { hooks, desiredCapacity: LAUNCHED }));
  const seconds = await secondsUntilInService(scenario, 'workers', 600);
  expect(scenario.ours()).toHaveLength(LAUNCHED);
  return seconds;
};

describe('A hundred hostile NodeENIs that are as large as may be', () => {
  it.each([
    ['select nobody', { tenant: 'hostile' }],
    ['select the nodes of the victim', LABELS],
  ])('make its launch no more than a tenth slower, when they %s', async (_, nodeSelector) => {
    const alone = await launch(async () => undefined);

    const beside = await launch(async (scenario) => {
      for (let tenant = 0; tenant < TENANTS; tenant += 1)
        await applyHostile(scenario, tenant, nodeSelector);
    });

    expect(beside).toBeLessThanOrEqual(alone * 1.1);
  });
});
