import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { EVENTS } from '#providers/kubernetes/resources.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

let scenario: Scenario;

beforeEach(() => {
  scenario = createScenario();
});

const HOUR = 3600;

const warnings = async (): Promise<readonly unknown[]> => {
  const { items } = await scenario.kubernetes.list(EVENTS);
  return items.filter(({ type }) => type === 'Warning').map(({ reason }) => reason);
};

/** The number of changing calls after a while, and after ten times that. */
const callsOverTime = async (): Promise<readonly [number, number]> => {
  await scenario.pass(120);
  const early = scenario.mutating().length;
  await scenario.pass(HOUR);
  return [early, scenario.mutating().length];
};

describe('What cannot be served', () => {
  it.each([
    { name: 'an unknown subnet id', reason: 'SubnetNotFound', spec: { subnetID: 'subnet-vpc1' } },
    { name: 'an unknown subnet name', reason: 'SubnetNotFound', spec: { subnetName: 'nowhere' } },
    {
      name: 'an unknown group id',
      reason: 'SecurityGroupNotFound',
      spec: { securityGroupIDs: ['sg-vpc1'] },
    },
    {
      name: 'an unknown group name',
      reason: 'SecurityGroupNotFound',
      spec: { securityGroupIDs: [], securityGroupNames: ['nobody'] },
    },
  ] satisfies readonly { name: string; reason: string; spec: Partial<NodeEniSpec> }[])(
    'is reported once and costs no call: $name',
    async ({ reason, spec }) => {
      await scenario.addNode();
      await scenario.applyNodeEni('data', {
        ...(spec.securityGroupIDs && { subnetID: scenario.subnets.a }),
        ...spec,
      });

      expect(await callsOverTime()).toEqual([0, 0]);
      expect(await scenario.ready('data')).toMatchObject({ status: 'False', reason });
      expect(await warnings()).toEqual([reason]);
    },
  );

  it('stops at the interface limit of the type, serves what fits, and heals by itself', async () => {
    const node = await scenario.addNode({ instanceType: 'm5.large' });
    const { a, a2 } = scenario.subnets;
    await scenario.applyNodeEni('one', { subnetIDs: [a, a2] });
    await scenario.applyNodeEni('two', { subnetID: a, deviceIndex: 4 });

    const [early, late] = await callsOverTime();

    expect(scenario.oursOn(node.instanceId)).toHaveLength(2);
    expect(late).toBe(early);
    expect(await scenario.ready('two')).toMatchObject({ reason: 'InstanceLimitReached' });

    await scenario.deleteNodeEni('one');
    await scenario.pass(400);

    expect(scenario.oursOn(node.instanceId)).toMatchObject([{ attachment: { deviceIndex: 1 } }]);
  });

  it('gives an index that the type has to one that asks for more, and makes none where it is required', async () => {
    const node = await scenario.addNode({ instanceType: 'm5.large' });
    const { a, a2 } = scenario.subnets;
    await scenario.applyNodeEni('prefers', { subnetID: a, deviceIndex: 7 });
    await scenario.applyNodeEni('requires', {
      subnetID: a2,
      deviceIndex: 3,
      deviceIndexPolicy: 'Require',
    });

    const [early, late] = await callsOverTime();

    expect(late).toBe(early);
    expect(scenario.ours()).toHaveLength(1);
    expect(scenario.oursOn(node.instanceId)).toMatchObject([{ attachment: { deviceIndex: 1 } }]);
    expect(await scenario.ready('requires')).toMatchObject({ reason: 'DeviceIndexOutOfRange' });
  });

  it('attaches at an index of the first card that is in use on the second', async () => {
    const node = await scenario.addNode({ instanceType: 'c6in.32xlarge' });
    const { a, a2 } = scenario.subnets;
    await scenario.applyNodeEni('second', { subnetID: a, deviceIndex: 2, networkCardIndex: 1 });
    await scenario.pass(120);
    await scenario.applyNodeEni('first', {
      subnetID: a2,
      deviceIndex: 2,
      deviceIndexPolicy: 'Require',
    });
    await scenario.pass(120);

    const places = scenario
      .oursOn(node.instanceId)
      .map(({ attachment }) => [attachment?.networkCardIndex, attachment?.deviceIndex]);
    expect(places).toEqual(
      expect.arrayContaining([
        [0, 2],
        [1, 2],
      ]),
    );
    expect(await scenario.ready('first')).toMatchObject({ status: 'True' });
  });

  it('waits for addresses in a full subnet and goes on when there are some', async () => {
    const { fleet } = scenario.ec2;
    const tiny = fleet.createSubnet({
      vpcId: scenario.vpcId,
      zone: 'us-east-1a',
      cidr: '10.9.0.0/28',
    });
    const blockers = Array.from({ length: 11 }, () =>
      scenario.ec2.byHand.create({ subnetId: tiny }),
    );
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetIDs: [tiny, scenario.subnets.a] });

    expect(await callsOverTime()).toEqual([3, 3]);
    expect(scenario.ours()).toMatchObject([{ subnetId: scenario.subnets.a }]);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'SubnetFull' });

    scenario.ec2.byHand.delete(blockers[0] ?? '');
    await scenario.pass(400);

    expect(scenario.ours()).toHaveLength(2);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('lets the last free addresses go to some and refuses the others without churn', async () => {
    const tiny = scenario.ec2.fleet.createSubnet({
      vpcId: scenario.vpcId,
      zone: 'us-east-1a',
      cidr: '10.9.0.0/28',
    });
    for (let count = 0; count < 15; count += 1) await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: tiny });

    const [early, late] = await callsOverTime();

    expect(scenario.ours()).toHaveLength(11);
    expect(late).toBe(early);
  });

  it('refuses a name that fits two subnets, and heals when one is renamed', async () => {
    const twin = scenario.ec2.fleet.createSubnet({
      vpcId: scenario.vpcId,
      zone: 'us-east-1a',
      cidr: '10.8.0.0/24',
      name: 'lan-a',
    });
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetName: 'lan-a' });

    expect(await callsOverTime()).toEqual([0, 0]);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'SubnetAmbiguous' });

    scenario.ec2.fleet.tagSubnet(twin, { Name: 'other' });
    await scenario.pass(400);

    expect(scenario.ours()).toMatchObject([{ subnetId: scenario.subnets.a }]);
  });

  it('refuses groups of another VPC', async () => {
    const elsewhere = scenario.ec2.fleet.createVpc();
    const group = scenario.ec2.fleet.createSecurityGroup({ vpcId: elsewhere, name: 'other' });
    await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      securityGroupIDs: [group],
    });

    expect(await callsOverTime()).toEqual([0, 0]);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'InvalidSecurityGroups' });
  });

  it('leaves out no group of another VPC, and uses one that is associated', async () => {
    const elsewhere = scenario.ec2.fleet.createVpc();
    const group = scenario.ec2.fleet.createSecurityGroup({ vpcId: elsewhere, name: 'baseline' });
    await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      securityGroupIDs: [scenario.groups.one, group],
    });

    expect(await callsOverTime()).toEqual([0, 0]);
    expect(await scenario.ready('data')).toMatchObject({
      reason: 'InvalidSecurityGroups',
      message: expect.stringContaining(group),
    });

    scenario.ec2.fleet.associateSecurityGroup(group, scenario.vpcId);
    await scenario.pass(400);

    expect(scenario.ours().map(({ groupIds }) => groupIds.toSorted())).toEqual([
      [scenario.groups.one, group].toSorted(),
    ]);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('finds a group by its Name tag beside a namesake by group name in another VPC', async () => {
    const { fleet } = scenario.ec2;
    fleet.createSecurityGroup({ vpcId: fleet.createVpc(), name: 'telco' });
    fleet.tagSecurityGroup(scenario.groups.two, { Name: 'telco' });
    await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      securityGroupIDs: [],
      securityGroupNames: ['telco'],
    });
    await scenario.pass(120);

    expect(scenario.ours()).toMatchObject([{ groupIds: [scenario.groups.two] }]);
  });

  it('counts addresses over all slots and nodes before it asks for any', async () => {
    const tiny = scenario.ec2.fleet.createSubnet({
      vpcId: scenario.vpcId,
      zone: 'us-east-1a',
      cidr: '10.9.0.0/28',
    });
    for (let count = 0; count < 3; count += 1) await scenario.addNode();
    const wide = { subnetID: tiny, secondaryPrivateIPAddressCount: 5 };
    await scenario.applyNodeEni('one', wide);
    await scenario.applyNodeEni('two', wide);

    const [early, late] = await callsOverTime();

    expect(scenario.ours()).toHaveLength(1);
    expect(scenario.ec2.wire.log.counts().CreateNetworkInterface).toBeLessThanOrEqual(3);
    expect(late).toBe(early);
  });

  it('attaches in an IPv6-only subnet, whose ENI has no address of IPv4', async () => {
    const only = scenario.ec2.fleet.createSubnet({ vpcId: scenario.vpcId, zone: 'us-east-1a' });
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: only });
    await scenario.applyNodeEni('wide', { subnetID: only, secondaryPrivateIPAddressCount: 1 });
    await scenario.pass(120);

    const [state] = await scenario.states();
    const record = state?.spec.interfaces?.[`data/${only}`];
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    expect(record?.ipv6Addresses).toHaveLength(1);
    expect(record).not.toHaveProperty('gateway');
    expect(record).not.toHaveProperty('privateIpAddress');
    expect(await scenario.ready('wide')).toMatchObject({ reason: 'NoIPv4InSubnet' });
    expect(scenario.ours()).toHaveLength(1);
  });

  it('asks for no IPv6 address in a subnet without a block', async () => {
    const without = scenario.ec2.fleet.createSubnet({
      vpcId: scenario.vpcId,
      zone: 'us-east-1a',
      cidr: '10.8.0.0/24',
      hasIpv6: false,
    });
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: without, ipv6AddressCount: 1 });

    expect(await callsOverTime()).toEqual([0, 0]);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'NoIPv6InSubnet' });
  });

  it('keeps an ENI that cannot have the addresses that an edit asks for, and tells it', async () => {
    const { instanceId } = await scenario.addNode({ instanceType: 'm5.large' });
    const spec = { subnetID: scenario.subnets.a, secondaryPrivateIPAddressCount: 9 };
    await scenario.applyNodeEni('data', spec);
    await scenario.pass(120);
    const before = scenario.mutating().length;

    await scenario.applyNodeEni('data', { ...spec, secondaryPrivateIPAddressCount: 20 });
    await scenario.pass(HOUR);

    expect(scenario.mutating()).toHaveLength(before);
    expect(scenario.oursOn(instanceId)).toHaveLength(1);
    expect(await scenario.ready('data')).toMatchObject({
      status: 'False',
      reason: 'TooManyAddresses',
    });
  });

  it('gives no ENI to an instance of the region in a subnet of an Outpost, nor the other way round', async () => {
    const outpostArn = 'arn:aws:outposts:us-east-1:111122223333:outpost/op-0123456789abcdef0';
    const place = { vpcId: scenario.vpcId, zone: 'us-east-1a', outpostArn };
    const nodes = scenario.ec2.fleet.createSubnet({ ...place, cidr: '10.8.0.0/24' });
    const lan = scenario.ec2.fleet.createSubnet({ ...place, cidr: '10.8.1.0/24' });
    const inRegion = await scenario.addNode();
    const onOutpost = await scenario.addNode({ subnetId: nodes });
    await scenario.applyNodeEni('data', { subnetIDs: [scenario.subnets.a, lan] });
    await scenario.pass(300);

    const subnetsOn = ({ instanceId }: { readonly instanceId: string }) =>
      scenario.oursOn(instanceId).map(({ subnetId }) => subnetId);
    expect([subnetsOn(inRegion), subnetsOn(onOutpost)]).toEqual([[scenario.subnets.a], [lan]]);
    expect(scenario.ours()).toHaveLength(2);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('makes nothing for an instance without the tag of the cluster, and goes on once it has it', async () => {
    const { instanceId } = scenario.ec2.fleet.runInstance({
      subnetId: scenario.subnets.nodesA,
      tags: { 'kubernetes.io/cluster/blue': 'owned' },
    });
    await scenario.register(instanceId);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    expect(await callsOverTime()).toEqual([0, 0]);
    expect(await scenario.ready('data')).toMatchObject({
      reason: 'InstanceNotTagged',
      message: expect.stringContaining('kubernetes.io/cluster/prod'),
    });

    scenario.ec2.fleet.tagInstance(instanceId, { 'kubernetes.io/cluster/prod': 'shared' });
    await scenario.pass(400);

    expect(scenario.oursOn(instanceId)).toHaveLength(1);
  });

  it('leaves managed instances alone', async () => {
    const { fleet } = scenario.ec2;
    const instance = fleet.runInstance({
      subnetId: scenario.subnets.nodesA,
      tags: { 'kubernetes.io/cluster/prod': 'owned' },
      operator: 'eks.amazonaws.com',
    });
    await scenario.register(instance.instanceId, { ng: 'multi-eni' });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    expect(await callsOverTime()).toEqual([0, 0]);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'UnsupportedNode' });
  });

  it('asks ever less often for what EC2 refuses and only a person can change', async () => {
    await scenario.addNode();
    for (let count = 0; count < 200; count += 1)
      scenario.ec2.wire.failNext('CreateNetworkInterface', { code: 'UnauthorizedOperation' });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(HOUR);
    const first = scenario.mutating().length;
    await scenario.pass(3 * HOUR);

    expect(first).toBeLessThanOrEqual(5);
    expect(scenario.mutating().length - first).toBeLessThanOrEqual(4);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'AccessDenied' });
    expect(await warnings()).toEqual(['AccessDenied']);
  });
});
