import { describe, expect, it } from 'vitest';
import {
  resolveSecurityGroups,
  resolveSubnets,
  securityGroupReferences,
  subnetReferences,
} from '#core/controllers/instance-interfaces/references.ts';
import { aGroup, aNodeEni, aSubnet } from '#test/support/builders.ts';

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
      { text: 'lan', otherZones: ['us-east-1b'] },
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

  it('tells of an id that lies in another zone, and of one that nobody knows', () => {
    const spec = specOf({ subnetIDs: ['subnet-b', 'subnet-x'] });

    expect(resolveSubnets(spec, [here, there], PLACE)).toMatchObject([
      { text: 'subnet-b', otherZones: ['us-east-1b'] },
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

describe('resolveSecurityGroups', () => {
  const resolved = (
    spec: Parameters<typeof aNodeEni>[0],
    groups: Parameters<typeof resolveSecurityGroups>[1],
  ) => {
    const found = resolveSecurityGroups(specOf(spec), groups, 'vpc-1');
    return 'fault' in found ? found.fault.reason : found.groupIds;
  };
  const tagged = aGroup({ groupId: 'sg-3', groupName: 'x', tags: { Name: 'multus' } });

  it('sorts the ids and takes each once', () => {
    const groups = [aGroup({ groupId: 'sg-2', groupName: 'a' }), aGroup()];

    expect(
      resolved({ securityGroupIDs: ['sg-2', 'sg-1'], securityGroupNames: ['multus'] }, groups),
    ).toEqual(['sg-1', 'sg-2']);
  });

  it('leaves the choice to EC2 where the spec names none', () => {
    expect(resolved({}, [aGroup()])).toEqual([]);
  });

  it('prefers the name of a group to its Name tag', () => {
    expect(resolved({ securityGroupNames: ['multus'] }, [tagged, aGroup()])).toEqual(['sg-1']);
    expect(resolved({ securityGroupNames: ['multus'] }, [tagged])).toEqual(['sg-3']);
  });

  const elsewhere = aGroup({ groupId: 'sg-9', vpcId: 'vpc-2' });
  it.each([
    { name: 'an unknown id', spec: { securityGroupIDs: ['sg-1', 'sg-x'] }, groups: [aGroup()] },
    { name: 'an unknown name', spec: { securityGroupNames: ['other'] }, groups: [aGroup()] },
  ])('knows no group for $name', ({ spec, groups }) => {
    expect(resolved(spec, groups)).toBe('SecurityGroupNotFound');
  });

  it('does not choose between two groups of one name', () => {
    const groups = [aGroup(), aGroup({ groupId: 'sg-2' })];

    expect(resolved({ securityGroupNames: ['multus'] }, groups)).toBe('SecurityGroupAmbiguous');
    expect(resolved({ securityGroupNames: ['multus'] }, [aGroup(), elsewhere])).toEqual(['sg-1']);
  });

  it.each([
    { spec: { securityGroupIDs: ['sg-x'] }, words: 'EC2 knows no security group sg-x.' },
    { spec: { securityGroupNames: ['x'] }, words: 'No security group in vpc-1 is named "x".' },
    {
      spec: { securityGroupNames: ['multus'] },
      words: '"multus" fits sg-1, sg-2 in vpc-1. Write the id you mean in securityGroupIDs.',
    },
    { spec: { securityGroupIDs: ['sg-9'] }, words: 'None of the security groups lies in vpc-1' },
  ])('tells what to mend: $words', ({ spec, words }) => {
    const groups = [aGroup(), aGroup({ groupId: 'sg-2' }), elsewhere];

    expect(resolveSecurityGroups(specOf(spec), groups, 'vpc-1')).toMatchObject({
      fault: { message: expect.stringContaining(words) },
    });
  });

  it('leaves out the groups of other VPCs, as long as one is left', () => {
    const byId = { securityGroupIDs: ['sg-1', 'sg-9'] };

    expect(resolved(byId, [aGroup(), elsewhere])).toEqual(['sg-1']);
    expect(resolved({ securityGroupIDs: ['sg-9'] }, [elsewhere])).toBe('InvalidSecurityGroups');
    expect(
      resolved({ securityGroupNames: ['multus'] }, [aGroup({ groupName: 'other' }), elsewhere]),
    ).toBe('InvalidSecurityGroups');
    expect(resolved({ securityGroupNames: ['multus'] }, [{ ...tagged, vpcId: 'vpc-2' }])).toBe(
      'InvalidSecurityGroups',
    );
  });
});
