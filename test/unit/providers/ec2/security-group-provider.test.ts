import { describe, expect, it } from 'vitest';
import { createSecurityGroupProvider } from '#providers/ec2/security-group-provider.ts';
import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const group = (GroupId: string, GroupName: string, Name?: string) => ({
  GroupId,
  GroupName,
  ...(Name !== undefined && { Tags: [{ Key: 'Name', Value: Name }] }),
});

/** `multus` is one group's name and another one's Name tag; `edge` is only a Name tag. */
const GROUPS = [
  group('sg-1', 'multus'),
  group('sg-2', 'other', 'multus'),
  group('sg-3', 'third', 'edge'),
  group('sg-4', 'fourth', 'edge'),
];

const setUp = () => {
  const clock = new VirtualClock();
  const ec2 = new SimulatedEc2({ clock });
  const asked: unknown[] = [];
  const failures: Error[] = [];
  const provider = createSecurityGroupProvider({
    clock,
    ec2: {
      ...ec2.api,
      describeSecurityGroups: async ({ Filters = [] }) => {
        const [{ Name = '', Values = [] } = {}] = Filters;
        asked.push([Name, ...Values]);
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        const read = {
          'group-id': ({ GroupId }: (typeof GROUPS)[number]) => GroupId,
          'group-name': ({ GroupName }: (typeof GROUPS)[number]) => GroupName,
          'tag:Name': ({ Tags }: (typeof GROUPS)[number]) => Tags?.[0]?.Value ?? '',
        }[Name];
        const found = GROUPS.filter((each) => Values.includes(read?.(each) ?? ''));
        return { SecurityGroups: found, $metadata: {} };
      },
    },
  });
  const find = async (references: { ids?: readonly string[]; names?: readonly string[] }) => {
    const found = await provider.find({ ids: [], names: [], ...references });
    return found.map(({ groupId }) => groupId).toSorted();
  };
  return { clock, ec2, provider, asked, failures, find };
};

describe('createSecurityGroupProvider', () => {
  it('finds every group of a name, be it a group name or a Name tag', async () => {
    const { asked, find } = setUp();

    expect(await find({ names: ['multus', 'edge', 'nobody'] })).toEqual([
      'sg-1',
      'sg-2',
      'sg-3',
      'sg-4',
    ]);
    expect(asked).toEqual([
      ['group-name', 'multus', 'edge', 'nobody'],
      ['tag:Name', 'multus', 'edge', 'nobody'],
    ]);
  });

  it('tells a group that is found by id and by name once', async () => {
    const { find } = setUp();

    expect(await find({ ids: ['sg-1', 'sg-gone'], names: ['multus'] })).toEqual(['sg-1', 'sg-2']);
  });

  it.each([
    { what: 'an unknown id', references: { ids: ['sg-gone'] }, callsAReconcile: 1 },
    { what: 'an unknown name', references: { names: ['nobody'] }, callsAReconcile: 2 },
  ])(
    'asks about $what at each look-up, for it may be there by now',
    async ({ references, callsAReconcile }) => {
      const { asked, find } = setUp();

      await find(references);
      await find(references);

      expect(asked).toHaveLength(2 * callsAReconcile);
    },
  );

  it('asks again after a look-up that failed', async () => {
    const { failures, find } = setUp();
    failures.push(Object.assign(new Error('not now'), { name: 'RequestLimitExceeded' }));

    await expect(find({ ids: ['sg-1'] })).rejects.toMatchObject({
      failure: 'Throttled',
      message: 'DescribeSecurityGroups: RequestLimitExceeded: not now',
    });
    expect(await find({ ids: ['sg-1'] })).toEqual(['sg-1']);
  });

  describe('for associations with other VPCs', () => {
    const associated = () => {
      const { ec2, provider } = setUp();
      const [home, away] = [ec2.fleet.createVpc(), ec2.fleet.createVpc()];
      const groupId = ec2.fleet.createSecurityGroup({ vpcId: home, name: 'baseline' });
      ec2.fleet.associateSecurityGroup(groupId, away);
      return { ec2, provider, groupId, away };
    };

    it('tells the VPCs of a group, and asks once a minute', async () => {
      const { ec2, provider, groupId, away } = associated();

      const found = await provider.findAssociations([groupId]);
      await provider.findAssociations([groupId]);

      expect([...found]).toEqual([[groupId, [away]]]);
      expect(ec2.wire.log.counts().DescribeSecurityGroupVpcAssociations).toBe(1);
    });

    it('knows of none where the role may not ask, and fails on any other trouble', async () => {
      const { ec2, provider, groupId } = associated();
      ec2.wire.failNext('DescribeSecurityGroupVpcAssociations', { code: 'RequestLimitExceeded' });
      ec2.wire.failNext('DescribeSecurityGroupVpcAssociations', { code: 'UnauthorizedOperation' });

      await expect(provider.findAssociations([groupId])).rejects.toMatchObject({
        failure: 'Throttled',
      });
      expect([...(await provider.findAssociations([groupId]))]).toEqual([]);
    });
  });
});
