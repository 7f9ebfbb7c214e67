import { describe, expect, it } from 'vitest';
import {
  resolveSubnets,
  subnetReferences,
  vpcIdsOf,
} from '#core/controllers/instance-interfaces/observe/references.ts';
import { securityGroupReferences } from '#core/controllers/instance-interfaces/observe/security-groups.ts';
import type { Subnet } from '#core/ports/cloud.ts';
import { aNodeEni, aSubnet } from '#test/support/builders.ts';

const PLACE = { vpcId: 'vpc-1', zone: 'us-east-1a' };

const specOf = (...[spec]: Parameters<typeof aNodeEni>) =>
  aNodeEni({ subnetID: undefined, securityGroupIDs: undefined, ...spec }).spec;

describe('the references of a spec', () => {
  it('are each named once, in the order of the spec', () => {
    const spec = specOf({
      subnetID: 'subnet-b',
      subnetIDs: ['subnet-a', 'subnet-b'],
      subnetName: 'lan',
      subnetNames: ['wan', 'lan'],
      securityGroupIDs: ['sg-2', 'sg-1', 'sg-2'],
      securityGroupNames: ['multus'],
    });

    expect(subnetReferences(spec)).toEqual({
      ids: ['subnet-b', 'subnet-a'],
      names: ['lan', 'wan'],
    });
    expect(securityGroupReferences(spec)).toEqual({ ids: ['sg-2', 'sg-1'], names: ['multus'] });
  });

  it('are none where the spec names none, or an empty one', () => {
    expect(subnetReferences(specOf({}))).toEqual({ ids: [], names: [] });
    expect(subnetReferences(specOf({ subnetID: '', subnetName: '' }))).toEqual({
      ids: [],
      names: [],
    });
    expect(securityGroupReferences(specOf({}))).toEqual({ ids: [], names: [] });
  });
});

describe('resolveSubnets', () => {
  const here = aSubnet({ tags: { Name: 'lan' } });
  const there = aSubnet({ subnetId: 'subnet-b', zone: 'us-east-1b', tags: { Name: 'lan' } });

  it('takes by name the subnet of the own zone, and tells where the others are', () => {
    const spec = specOf({ subnetNames: ['lan'] });

    expect(resolveSubnets(spec, [there, here], PLACE)).toEqual([{ text: 'lan', subnet: here }]);
    expect(resolveSubnets(spec, [there, { ...there, subnetId: 'subnet-c' }], PLACE)).toEqual([
      {
        text: 'lan',
        elsewhere: {
          reason: 'OtherZone',
          message: expect.stringContaining('lan lies in us-east-1b, the node in us-east-1a'),
        },
      },
    ]);
  });

  it('takes by name no subnet of another VPC, and by id even that', () => {
    const elsewhere = { ...here, vpcId: 'vpc-2' };

    expect(resolveSubnets(specOf({ subnetName: 'lan' }), [elsewhere], PLACE)).toMatchObject([
      { text: 'lan', fault: { reason: 'SubnetNotFound' } },
    ]);
    expect(resolveSubnets(specOf({ subnetID: 'subnet-a' }), [elsewhere], PLACE)).toEqual([
      { text: 'subnet-a', subnet: elsewhere },
    ]);
  });

  it('takes by name a subnet of another VPC of the installation, where the own VPC has none', () => {
    const spec = specOf({ subnetName: 'lan' });
    const second = { ...here, subnetId: 'subnet-2', vpcId: 'vpc-2' };
    const foreign = { ...here, subnetId: 'subnet-3', vpcId: 'vpc-3' };
    const resolve = (...subnets: readonly Subnet[]) =>
      resolveSubnets(spec, subnets, PLACE, ['vpc-1', 'vpc-2']);

    expect(resolve(foreign, second)).toEqual([{ text: 'lan', subnet: second }]);
    expect(resolve(foreign, second, here)).toEqual([{ text: 'lan', subnet: here }]);
    expect(resolve(foreign)).toMatchObject([
      { fault: { message: expect.stringContaining('No subnet in vpc-1 or vpc-2 has the Name') } },
    ]);
  });

  it('refuses by id a subnet of a VPC in which nothing may be made, and names those', () => {
    const foreign = { ...here, vpcId: 'vpc-3' };

    const resolved = resolveSubnets(specOf({ subnetID: 'subnet-a' }), [foreign], PLACE, ['vpc-1']);

    expect(resolved).toMatchObject([
      {
        text: 'subnet-a',
        fault: {
          reason: 'VpcNotAllowed',
          message: expect.stringContaining(
            'subnet-a lies in vpc-3, and this installation makes interfaces in vpc-1 only',
          ),
        },
      },
    ]);
  });

  it('tells of an id that lies in another zone, and of one that nobody knows', () => {
    const spec = specOf({ subnetIDs: ['subnet-b', 'subnet-x'] });

    expect(resolveSubnets(spec, [here, there], PLACE)).toMatchObject([
      { text: 'subnet-b', elsewhere: { reason: 'OtherZone' } },
      { text: 'subnet-x', fault: { reason: 'SubnetNotFound' } },
    ]);
  });

  it('names the subnets among which it cannot choose', () => {
    const second = { ...here, subnetId: 'subnet-c' };

    expect(resolveSubnets(specOf({ subnetName: 'lan' }), [here, there, second], PLACE)).toEqual([
      {
        text: 'lan',
        fault: {
          reason: 'SubnetAmbiguous',
          message: expect.stringContaining('fits subnet-a, subnet-c in us-east-1a'),
        },
      },
    ]);
  });

  it('takes every subnet that is named, and none besides', () => {
    const spec = specOf({ subnetIDs: ['subnet-d'], subnetNames: ['lan'] });
    const other = aSubnet({ subnetId: 'subnet-d', tags: { Name: 'wan' } });

    expect(resolveSubnets(spec, [other, here, there], PLACE)).toEqual([
      { text: 'subnet-d', subnet: other },
      { text: 'lan', subnet: here },
    ]);
  });

  it.each([
    { spec: { subnetID: 'subnet-x' }, words: 'EC2 knows no subnet subnet-x. Check the spelling' },
    { spec: { subnetName: 'wan' }, words: 'No subnet in vpc-1 has the Name tag "wan". Check' },
  ])('tells what was not found: $words', ({ spec, words }) => {
    expect(resolveSubnets(specOf(spec), [here], PLACE)).toMatchObject([
      { fault: { message: expect.stringContaining(words) } },
    ]);
  });

  it('takes one subnet once, however often and by whatever it is named', () => {
    const spec = specOf({ subnetID: 'subnet-a', subnetIDs: ['subnet-x'], subnetNames: ['lan'] });

    const texts = resolveSubnets(spec, [here], PLACE).map(({ text }) => text);

    expect(texts).toEqual(['subnet-a', 'subnet-x']);
  });
});

describe('resolveSubnets, on Outposts', () => {
  const outpostArn = 'arn:aws:outposts:us-east-1:111122223333:outpost/op-1';
  const inRegion = aSubnet({ tags: { Name: 'lan' } });
  const onOutpost = aSubnet({ subnetId: 'subnet-o', outpostArn, tags: { Name: 'lan' } });
  const both = [inRegion, onOutpost];

  it('takes for a node of the region no subnet of an Outpost, and for one on it no other', () => {
    const spec = specOf({ subnetIDs: ['subnet-a', 'subnet-o'] });

    expect(resolveSubnets(spec, both, PLACE)).toEqual([
      { text: 'subnet-a', subnet: inRegion },
      {
        text: 'subnet-o',
        elsewhere: {
          reason: 'OtherOutpost',
          message:
            'subnet-o lies in Outpost op-1 in us-east-1a, the node in us-east-1a; an ENI cannot leave its Outpost or its region.',
        },
      },
    ]);
    expect(resolveSubnets(spec, both, { ...PLACE, outpostArn })).toMatchObject([
      { text: 'subnet-a', elsewhere: { reason: 'OtherOutpost' } },
      { text: 'subnet-o', subnet: onOutpost },
    ]);
  });

  it('takes by name the one of the own place, and none of another Outpost', () => {
    const spec = specOf({ subnetName: 'lan' });
    const other = { ...PLACE, outpostArn: `${outpostArn}2` };

    expect(resolveSubnets(spec, both, { ...PLACE, outpostArn })).toMatchObject([
      { subnet: { subnetId: 'subnet-o' } },
    ]);
    expect(resolveSubnets(spec, both, other)).toMatchObject([
      { elsewhere: { reason: 'OtherOutpost' } },
    ]);
  });
});

describe('vpcIdsOf', () => {
  it('tells each VPC of the named subnets once, whatever their zone', () => {
    const subnets = [
      aSubnet(),
      aSubnet({ subnetId: 'subnet-b', vpcId: 'vpc-2', zone: 'us-east-1b', tags: { Name: 'lan' } }),
      aSubnet({ subnetId: 'subnet-c', vpcId: 'vpc-3' }),
      aSubnet({ subnetId: 'subnet-d' }),
    ];

    expect(
      vpcIdsOf(specOf({ subnetIDs: ['subnet-a', 'subnet-d'], subnetName: 'lan' }), subnets),
    ).toEqual(['vpc-1', 'vpc-2']);
  });
});
