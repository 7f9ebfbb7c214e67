import { describe, expect, it } from 'vitest';
import {
  groupsAbroad,
  resolveSecurityGroups,
} from '#core/controllers/instance-interfaces/observe/security-groups.ts';
import { aGroup, aNodeEni, aSubnet } from '#test/support/builders.ts';

const specOf = (...[spec]: Parameters<typeof aNodeEni>) =>
  aNodeEni({ subnetID: undefined, securityGroupIDs: undefined, ...spec }).spec;

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
    { spec: { securityGroupIDs: ['sg-9'] }, words: 'The security group sg-9 lies in vpc-2' },
  ])('tells what to mend: $words', ({ spec, words }) => {
    const groups = [aGroup(), aGroup({ groupId: 'sg-2' }), elsewhere];

    expect(resolveSecurityGroups(specOf(spec), groups, 'vpc-1')).toMatchObject({
      fault: { message: expect.stringContaining(words) },
    });
  });

  it.each([
    { spec: { securityGroupIDs: ['sg-1', 'sg-9'] }, groups: [aGroup(), elsewhere], named: 'sg-9' },
    {
      spec: { securityGroupIDs: ['sg-1'], securityGroupNames: ['audit'] },
      groups: [aGroup(), { ...elsewhere, groupName: 'audit' }],
      named: 'audit',
    },
    {
      spec: { securityGroupNames: ['multus'] },
      groups: [{ ...tagged, vpcId: 'vpc-2' }],
      named: 'multus',
    },
  ])(
    'leaves out no group that lies in another VPC, but names it: $named',
    ({ spec, groups, named }) => {
      expect(resolveSecurityGroups(specOf(spec), groups, 'vpc-1')).toEqual({
        fault: {
          reason: 'InvalidSecurityGroups',
          message: expect.stringContaining(
            `${named} lies in vpc-2 and is not known to be associated`,
          ),
        },
      });
    },
  );

  it('leaves a group to the subnets of its own VPC, where the spec names some', () => {
    const spec = specOf({ securityGroupIDs: ['sg-1', 'sg-9'] });
    const groups = [aGroup(), elsewhere];
    const both = ['vpc-1', 'vpc-2'];

    expect(resolveSecurityGroups(spec, groups, 'vpc-1', both)).toEqual({ groupIds: ['sg-1'] });
    expect(resolveSecurityGroups(spec, groups, 'vpc-2', both)).toEqual({ groupIds: ['sg-9'] });
    expect(
      resolveSecurityGroups(specOf({ securityGroupIDs: ['sg-9'] }), groups, 'vpc-1', both),
    ).toMatchObject({ fault: { message: expect.stringContaining('None of the security groups') } });
  });

  it('uses a group that is associated with the VPC, and one of the VPC before it', () => {
    const associated = { ...elsewhere, associatedVpcIds: ['vpc-3', 'vpc-1'] };

    expect(resolved({ securityGroupIDs: ['sg-1', 'sg-9'] }, [aGroup(), associated])).toEqual([
      'sg-1',
      'sg-9',
    ]);
    expect(resolved({ securityGroupNames: ['multus'] }, [associated])).toEqual(['sg-9']);
    expect(resolved({ securityGroupNames: ['multus'] }, [associated, tagged])).toEqual(['sg-3']);
  });

  it('takes sixteen groups, and says that no account may have more', () => {
    const groups = Array.from({ length: 17 }, (_, index) => aGroup({ groupId: `sg-${index}` }));
    const securityGroupIDs = groups.map(({ groupId }) => groupId);

    expect(resolved({ securityGroupIDs: securityGroupIDs.slice(1) }, groups)).toHaveLength(16);
    expect(resolved({ securityGroupIDs }, groups)).toBe('TooManySecurityGroups');
  });
});

describe('groupsAbroad', () => {
  const abroad = aGroup({ groupId: 'sg-9', vpcId: 'vpc-2' });

  it('are those that lie in none of the VPCs where they are to be used', () => {
    const byId = aNodeEni({ securityGroupIDs: ['sg-1', 'sg-9'] });
    const byName = aNodeEni({ securityGroupIDs: [], securityGroupNames: ['multus'] });

    expect(groupsAbroad([byId], [aSubnet()], [aGroup(), abroad])).toEqual(['sg-9']);
    expect(groupsAbroad([byName], [aSubnet()], [abroad])).toEqual(['sg-9']);
  });

  it('are none where a namesake lies in the right one, or no subnet is known', () => {
    const byName = aNodeEni({ securityGroupIDs: [], securityGroupNames: ['multus'] });

    expect(groupsAbroad([byName], [aSubnet()], [aGroup(), abroad])).toEqual([]);
    expect(groupsAbroad([aNodeEni({ securityGroupIDs: ['sg-9'] })], [], [abroad])).toEqual([]);
  });
});
