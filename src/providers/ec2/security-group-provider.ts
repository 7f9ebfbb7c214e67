import type { Filter } from '@aws-sdk/client-ec2';
import type { Clock } from '#core/ports/clock.ts';
import type { SecurityGroup, SecurityGroupProvider } from '#core/ports/cloud.ts';
import { createLookUpCache } from '../look-up-cache.ts';
import { describeAll, inFilterChunks } from './describe-all.ts';
import type { Ec2Api } from './ec2-api.ts';
import { toSecurityGroup } from './mapping.ts';

const CACHE_SECONDS = 60;

/** Security groups by id, by group name and by Name tag, remembered for a minute. */
export const createSecurityGroupProvider = ({
  ec2,
  clock,
}: {
  readonly ec2: Pick<Ec2Api, 'describeSecurityGroups'>;
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
    read: async (names) => {
      const named = await inFilterChunks(names, (Values) =>
        describe([{ Name: 'group-name', Values }]),
      );
      const rest = names.filter((name) => !named.some(({ groupName }) => groupName === name));
      const tagged = await inFilterChunks(rest, (Values) =>
        describe([{ Name: 'tag:Name', Values }]),
      );
      return new Map([
        ...Map.groupBy(tagged, ({ tags }) => tags.Name ?? ''),
        ...Map.groupBy(named, ({ groupName }) => groupName),
      ]);
    },
  });

  return {
    async find({ ids, names }, options) {
      const found = (await Promise.all([byId(ids, options), byName(names, options)])).flat();
      return [...new Map(found.map((group) => [group.groupId, group])).values()];
    },
  };
};
