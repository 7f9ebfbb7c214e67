import type { Filter } from '@aws-sdk/client-ec2';
import { failureOf } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { SecurityGroup, SecurityGroupProvider } from '#core/ports/cloud.ts';
import { createLookUpCache } from '../look-up-cache.ts';
import { describeAll, inFilterChunks } from './describe-all.ts';
import type { Ec2Api } from './ec2-api.ts';
import { toSecurityGroup } from './mapping.ts';

const CACHE_SECONDS = 60;

interface Association {
  readonly groupId: string;
  readonly vpcId: string;
}

const uniqueBy = <T>(items: readonly T[], keyOf: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];

/** Security groups by id, by group name and by Name tag, and the VPCs they may be used in, remembered for a minute. */
export const createSecurityGroupProvider = ({
  ec2,
  clock,
}: {
  readonly ec2: Pick<Ec2Api, 'describeSecurityGroups' | 'describeSecurityGroupVpcAssociations'>;
  readonly clock: Clock;
}): SecurityGroupProvider => {
  const describe = (Filters: Filter[]): Promise<SecurityGroup[]> =>
    describeAll('DescribeSecurityGroups', async (page) => {
      const { SecurityGroups = [], NextToken: nextToken } = await ec2.describeSecurityGroups({
        Filters,
        ...page,
      });
      return { items: SecurityGroups.map(toSecurityGroup), nextToken };
    });

  const byId = createLookUpCache<SecurityGroup>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (ids) => {
      const found = await inFilterChunks(ids, (Values) => describe([{ Name: 'group-id', Values }]));
      return Map.groupBy(found, ({ groupId }) => groupId);
    },
  });

  const byName = createLookUpCache<SecurityGroup>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    // Both kinds of name, since a namesake by one may live in another VPC than the group that is meant by the other.
    read: async (names) => {
      const [named, tagged] = await Promise.all(
        ['group-name', 'tag:Name'].map((Name) =>
          inFilterChunks(names, (Values) => describe([{ Name, Values }])),
        ),
      );
      const found = uniqueBy([...(named ?? []), ...(tagged ?? [])], ({ groupId }) => groupId);
      return new Map(
        names.map((name) => [
          name,
          found.filter(({ groupName, tags }) => groupName === name || tags.Name === name),
        ]),
      );
    },
  });

  const associations = createLookUpCache<Association>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (ids) => {
      const found = await inFilterChunks(ids, (Values) =>
        describeAll('DescribeSecurityGroupVpcAssociations', async (page) => {
          const { SecurityGroupVpcAssociations = [], NextToken: nextToken } =
            await ec2.describeSecurityGroupVpcAssociations({
              Filters: [
                { Name: 'group-id', Values },
                { Name: 'state', Values: ['associated'] },
              ],
              ...page,
            });
          return { items: SecurityGroupVpcAssociations, nextToken };
        }),
      ).catch((error: unknown) => {
        // A role of before this call existed: what it may not ask is not known, and is no reason to fail.
        if (failureOf(error) === 'Denied') return [];
        throw error;
      });
      const named = found.map(({ GroupId = '', VpcId = '' }) => ({
        groupId: GroupId,
        vpcId: VpcId,
      }));
      return Map.groupBy(named, ({ groupId }) => groupId);
    },
  });

  return {
    async find({ ids, names }, options) {
      const found = (await Promise.all([byId(ids, options), byName(names, options)])).flat();
      return uniqueBy(found, ({ groupId }) => groupId);
    },

    async findAssociations(groupIds) {
      const found = Map.groupBy(await associations(groupIds), ({ groupId }) => groupId);
      return new Map([...found].map(([id, all]) => [id, all.map(({ vpcId }) => vpcId)]));
    },
  };
};
