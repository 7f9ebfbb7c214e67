import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `subnet-of-nobody-${index}`);

const conditionOf = async (scenario: Scenario, name: string, type: string) =>
  (await scenario.status(name)).conditions?.find((condition) => condition.type === type);

/** As an earlier version of the CRD let it be stored. */
const store = (
  { kubernetes, groups }: Scenario,
  name: string,
  spec: Partial<NodeEniSpec>,
): void => {
  kubernetes.storeUnchecked(NODE_ENIS, {
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name },
    spec: { nodeSelector: LABELS, securityGroupIDs: [groups.one], deviceIndex: 2, ...spec },
  });
};

describe('A NodeENI that is larger than the API allows now', () => {
  it('keeps working, and says so', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    store(scenario, 'data', { subnetIDs: [scenario.subnets.a, ...ids(40)] });

    await scenario.pass(400);

    expect(scenario.ours()).toMatchObject([{ attachment: { status: 'attached' } }]);
    expect(await conditionOf(scenario, 'data', 'SpecValid')).toMatchObject({
      status: 'False',
      reason: 'InvalidSpec',
      message: 'spec.subnetIDs: at most 32 items, and there are 41',
    });
  });

  it('is looked up in part when it is far too large, which is told', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    store(scenario, 'data', { subnetIDs: [scenario.subnets.a, ...ids(5_000)] });

    await scenario.pass(400);

    const [state] = await scenario.states();
    const values = scenario.ec2.wire.log.calls
      .filter(({ action }) => action === 'DescribeSubnets')
      .map(({ input }) => (JSON.stringify(input).match(/of-nobody/g) ?? []).length);
    expect(Math.max(...values)).toBeLessThanOrEqual(200);
    expect(scenario.ours()).toMatchObject([{ attachment: { status: 'attached' } }]);
    expect(Object.values(state?.status?.interfaces ?? {})).toMatchObject([
      { phase: 'Attached' },
      { reason: 'SubnetNotFound' },
      { reason: 'InvalidSpec', message: expect.stringContaining('4801 subnets too many') },
    ]);
  });

  it('can be deleted', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    store(scenario, 'data', { subnetIDs: [scenario.subnets.a, ...ids(5_000)] });
    await scenario.pass(400);

    await scenario.deleteNodeEni('data');
    await scenario.pass(120);

    expect(await scenario.nodeEnis()).toEqual([]);
    expect(scenario.ec2.extraInterfaces()).toEqual([]);
  });
});

describe('Subnets that EC2 does not know', () => {
  it('are one row of their NodeENI on a node, with a count and the first few', async () => {
    const scenario = createScenario();
    const { instanceId } = await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetIDs: ids(31),
      subnetID: scenario.subnets.a,
      subnetNames: ['nobody'],
    });

    await scenario.pass(60);

    const rows = (await scenario.status('data')).attachments;
    expect(rows).toMatchObject([
      { instanceID: instanceId, status: 'attached' },
      {
        instanceID: instanceId,
        subnetID: 'subnet-of-nobody-0',
        reason: 'SubnetNotFound',
        message:
          'EC2 knows no subnet subnet-of-nobody-0. Check the spelling, the region and the account. Nor is there any subnet-of-nobody-1, subnet-of-nobody-2, subnet-of-nobody-3 and 28 more.',
      },
    ]);
  });
});
