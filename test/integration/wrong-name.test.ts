import { expect, it } from 'vitest';
import { checkCluster } from '#cli/check-cluster.ts';
import { Refusal } from '#cli/complaint.ts';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { NAMESPACES, NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const setUp = async () => {
  const scenario = createScenario();
  await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(120);
  return scenario;
};

const check = ({ kubernetes, ec2 }: Scenario, clusterName: string) =>
  checkCluster({
    kubernetes,
    ec2: ec2.api,
    clusterName,
    caller: { region: 'us-east-1', account: '1' },
  });

/** All that a command could leave behind: calls that change EC2, interfaces with their tags, objects. */
const traces = ({ mutating, ec2, kubernetes }: Scenario): string =>
  JSON.stringify([
    mutating().length,
    ec2.extraInterfaces().map(({ eniId, tags }) => [eniId, ...tags]),
    [NODE_ENIS, NODE_ENI_STATES].map((resource) => kubernetes.stored(resource)),
  ]);

it.each(['prodd', 'pro', 'Prod', 'prod '])(
  'the name %j of a cluster that is "prod" is refused, and nothing is left behind',
  async (name) => {
    const scenario = await setUp();
    const before = traces(scenario);

    await expect(check(scenario, name)).rejects.toThrow(Refusal);

    expect(traces(scenario)).toBe(before);
  },
);

it('a wrong name is refused by the ENIs alone when there is no Node any more', async () => {
  const scenario = createScenario();
  const { uid = '' } = (await scenario.kubernetes.get(NAMESPACES, 'kube-system')).metadata;
  const tags = { [TAGS.cluster]: 'prod', [TAGS.clusterUid]: uid };
  scenario.ec2.byHand.create({ subnetId: scenario.subnets.a, tags });

  await expect(check(scenario, 'prodd')).rejects.toThrow('its ENIs are tagged as those of "prod"');
});

it('the right name is taken, also beside a namesake in the account', async () => {
  const scenario = await setUp();
  const tags = { [TAGS.cluster]: 'other', [TAGS.clusterUid]: 'another-uid' };
  scenario.ec2.byHand.create({ subnetId: scenario.subnets.a, tags });

  expect(await check(scenario, 'prod')).toBe(undefined);
});
