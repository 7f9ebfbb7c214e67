import { describe, expect, it } from 'vitest';
import { createSubnetProvider } from '#providers/ec2/subnet-provider.ts';
import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { scriptedCall } from '../scripted-call.ts';

const NOBODY = { ids: [], names: [] };

/** Two subnets named alike and one of another name. */
const setUp = () => {
  const clock = new VirtualClock();
  const ec2 = new SimulatedEc2({ clock });
  const vpcId = ec2.fleet.createVpc();
  const add = (subnetId: string, zone: string, cidr: string, name: string) =>
    ec2.fleet.createSubnet({ vpcId, subnetId, zone, cidr, name });
  add('subnet-a', 'us-east-1a', '10.0.1.0/24', 'lan');
  add('subnet-b', 'us-east-1b', '10.0.2.0/24', 'lan');
  add('subnet-c', 'us-east-1a', '10.0.3.0/28', 'wan');
  const provider = createSubnetProvider({ ec2: ec2.api, clock });
  const find = async (references: { ids?: readonly string[]; names?: readonly string[] }) => {
    const found = await provider.find({ ...NOBODY, ...references });
    return found.map(({ subnetId }) => subnetId).toSorted();
  };
  return { clock, ec2, provider, find, calls: () => ec2.wire.log.calls };
};

describe('createSubnetProvider', () => {
  it('finds by id and by every subnet of a name, each subnet once', async () => {
    const { find } = setUp();

    const found = await find({ ids: ['subnet-a', 'subnet-gone'], names: ['lan', 'nobody'] });

    expect(found).toEqual(['subnet-a', 'subnet-b']);
  });

  it('asks by filter, so that an unknown id fails nothing', async () => {
    const { find, calls } = setUp();

    await find({ ids: ['subnet-a', 'subnet-gone'], names: ['lan'] });

    expect(calls().map(({ input }) => input)).toEqual([
      { Filters: [{ Name: 'subnet-id', Values: ['subnet-a', 'subnet-gone'] }] },
      { Filters: [{ Name: 'tag:Name', Values: ['lan'] }] },
    ]);
  });

  it('finds nothing by a name that only matches as a pattern', async () => {
    const { find } = setUp();

    expect(await find({ names: ['l*', '?an'] })).toEqual([]);
  });

  it('makes no call for no references', async () => {
    const { find, calls } = setUp();

    expect(await find({})).toEqual([]);
    expect(calls()).toEqual([]);
  });

  it.each([
    { what: 'a known id', references: { ids: ['subnet-a'] } },
    { what: 'a known name', references: { names: ['lan'] } },
  ])('asks about $what once a minute', async ({ references }) => {
    const { clock, find, calls } = setUp();
    await find(references);

    await clock.advanceBy(59_000);
    await find(references);
    const withinAMinute = calls().length;
    await clock.advanceBy(1_000);
    await find(references);

    expect([withinAMinute, calls().length]).toEqual([1, 2]);
  });

  it('finds a subnet that was made after it was asked for', async () => {
    const { ec2, provider } = setUp();
    const ofName = async () => (await provider.find({ ids: [], names: ['new'] })).length;
    const before = await ofName();

    const vpcId = ec2.fleet.createVpc();
    ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.9.0.0/24', name: 'new' });

    expect([before, await ofName()]).toEqual([0, 1]);
  });

  it('sees the free addresses of a full subnet change after a minute', async () => {
    const { clock, ec2, provider } = setUp();
    const free = async () =>
      (await provider.find({ ids: ['subnet-c'], names: [] }))[0]?.availableAddresses;
    const before = await free();

    ec2.byHand.create({ subnetId: 'subnet-c' });
    const remembered = await free();
    await clock.advanceBy(60_000);

    expect([before, remembered, await free()]).toEqual([11, 11, 10]);
  });

  it('joins look-ups at one moment in one call', async () => {
    const { find, calls } = setUp();

    await Promise.all([find({ ids: ['subnet-a'] }), find({ ids: ['subnet-a'] })]);

    expect(calls()).toHaveLength(1);
  });

  it('tells a classified failure and asks again at the next look-up', async () => {
    const { ec2, find } = setUp();
    ec2.wire.failNext('DescribeSubnets', { code: 'UnauthorizedOperation' });

    await expect(find({ ids: ['subnet-a'] })).rejects.toMatchObject({
      failure: 'Denied',
      message: 'DescribeSubnets: UnauthorizedOperation: UnauthorizedOperation',
    });
    expect(await find({ ids: ['subnet-a'] })).toEqual(['subnet-a']);
  });

  it('reads every page', async () => {
    const { clock, ec2 } = setUp();
    const { asked, call } = scriptedCall(
      { Subnets: [{ SubnetId: 'subnet-a' }], NextToken: 'more', $metadata: {} },
      { Subnets: [{ SubnetId: 'subnet-b' }], NextToken: '', $metadata: {} },
    );
    const api = { ...ec2.api, describeSubnets: call };

    const found = await createSubnetProvider({ ec2: api, clock }).find({
      ids: ['subnet-a', 'subnet-b'],
      names: [],
    });

    const Filters = [{ Name: 'subnet-id', Values: ['subnet-a', 'subnet-b'] }];
    expect(found.map(({ subnetId }) => subnetId)).toEqual(['subnet-a', 'subnet-b']);
    expect(asked).toEqual([{ Filters }, { Filters, NextToken: 'more' }]);
  });
});
