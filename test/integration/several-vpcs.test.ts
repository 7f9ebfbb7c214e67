import { beforeEach, describe, expect, it } from 'vitest';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

interface Second {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly groupId: string;
}

const SUBNET = 'multus-2';
const GROUP = 'appliance';

/** Another VPC of the account, with a subnet in the zone of the nodes and a group. */
const addVpc = ({ ec2: { fleet } }: Scenario): Second => {
  const vpcId = fleet.createVpc();
  return {
    vpcId,
    subnetId: fleet.createSubnet({
      vpcId,
      zone: 'us-east-1a',
      cidr: '10.9.0.0/24',
      name: SUBNET,
    }),
    groupId: fleet.createSecurityGroup({ vpcId, name: GROUP }),
  };
};

/** An installation that may make interfaces in the nodes' VPC and in a second one; `isFenced`: in the first only. */
const open = async ({ isFenced = false } = {}) => {
  const vpcIds: string[] = [];
  const scenario = createScenario({ installation: { settings: { vpcIds } } });
  const second = addVpc(scenario);
  vpcIds.push(scenario.vpcId, ...(isFenced ? [] : [second.vpcId]));
  return { scenario, second, node: await scenario.addNode() };
};

describe('Interfaces in two VPCs', () => {
  let stage: Awaited<ReturnType<typeof open>>;

  beforeEach(async () => {
    stage = await open();
  });

  it.each([
    [
      'by id',
      (second: Second) => ({ subnetIDs: [second.subnetId], securityGroupIDs: [second.groupId] }),
    ],
    [
      'by name',
      () => ({ subnetNames: [SUBNET], securityGroupIDs: [], securityGroupNames: [GROUP] }),
    ],
  ])('are made %s, each with the groups of its own VPC', async (_, specFor) => {
    const { scenario, second, node } = stage;

    await scenario.applyNodeEni('vpc1', { subnetID: scenario.subnets.a, deviceIndex: 2 });
    await scenario.applyNodeEni('vpc2', { deviceIndex: 3, ...specFor(second) });
    await scenario.pass(60);

    expect(await scenario.ready('vpc1')).toMatchObject({ status: 'True' });
    expect(await scenario.ready('vpc2')).toMatchObject({ status: 'True' });
    expect(scenario.oursOn(node.instanceId)).toMatchObject([
      { subnetId: scenario.subnets.a, attachment: { deviceIndex: 2 } },
      {
        subnetId: second.subnetId,
        groupIds: [second.groupId],
        attachment: { deviceIndex: 3 },
      },
    ]);
  });

  it('are made from one NodeENI that names both', async () => {
    const { scenario, second, node } = stage;

    await scenario.applyNodeEni('both', {
      subnetIDs: [scenario.subnets.a],
      subnetNames: [SUBNET],
      securityGroupIDs: [scenario.groups.one, second.groupId],
    });
    await scenario.pass(60);

    expect(await scenario.ready('both')).toMatchObject({ status: 'True' });
    expect(scenario.oursOn(node.instanceId)).toMatchObject([
      { subnetId: scenario.subnets.a, groupIds: [scenario.groups.one] },
      { subnetId: second.subnetId, groupIds: [second.groupId] },
    ]);
  });

  it('take by name the subnet of the node’s own VPC before that of another', async () => {
    const { scenario, node } = stage;
    const own = scenario.ec2.fleet.createSubnet({
      vpcId: scenario.vpcId,
      zone: 'us-east-1a',
      cidr: '10.8.0.0/24',
      name: SUBNET,
    });

    await scenario.applyNodeEni('data', { subnetNames: [SUBNET] });
    await scenario.pass(60);

    expect(scenario.oursOn(node.instanceId)).toMatchObject([{ subnetId: own }]);
  });
});

describe('A subnet of a VPC that the installation does not name', () => {
  it.each([
    ['by id', 'VpcNotAllowed', (second: Second) => ({ subnetID: second.subnetId })],
    ['by name', 'SubnetNotFound', () => ({ subnetName: SUBNET })],
  ])('is refused %s before any call is made', async (_, reason, specFor) => {
    const { scenario, second } = await open({ isFenced: true });

    await scenario.applyNodeEni('data', specFor(second));
    await scenario.pass(60);

    expect(await scenario.ready('data')).toMatchObject({ status: 'False', reason });
    expect(scenario.mutating()).toEqual([]);
  });

  it('is served once it is named, without an edit', async () => {
    const vpcIds: string[] = [];
    const scenario = createScenario({ installation: { settings: { vpcIds } } });
    const second = addVpc(scenario);
    vpcIds.push(scenario.vpcId);
    await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetID: second.subnetId,
      securityGroupIDs: [second.groupId],
    });
    await scenario.pass(60);

    vpcIds.push(second.vpcId);
    await scenario.pass(700);

    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });
});
