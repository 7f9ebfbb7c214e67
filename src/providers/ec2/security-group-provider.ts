import type { Filter } from '@aws-sdk/client-ec2';
import type { Clock } from '#core/ports/clock.ts';
import type { SecurityGroup, SecurityGroupProvider } from '#core/ports/cloud.ts';
import type { Ec2Api } from './ec2-api.ts';
import { classifyEc2Error } from './errors.ts';
import { createLookUpCache } from './look-up-cache.ts';
import { toSecurityGroup } from './mapping.ts';
import { allPages, inChunks } from './paginate.ts';

const CACHE_SECONDS = 60;

/** Security groups by id, by group name and by Name tag, remembered for a minute. */
export const createSecurityGroupProvider = ({
  ec2,
  clock,
}: {
  readonly ec2: Ec2Api;
  readonly clock: Clock;
}): SecurityGroupProvider => {
  const describe = (Filters: Filter[]): Promise<SecurityGroup[]> =>
    allPages(async (NextToken) => {
      try {
        const answer = await ec2.describeSecurityGroups({
          Filters,
          ...(NextToken !== undefined && { NextToken }),
        });
        const items = (answer.SecurityGroups ?? []).map(toSecurityGroup);
        return { items, nextToken: answer.NextToken };
      } catch (error) {
        throw classifyEc2Error('DescribeSecurityGroups', error);
      }
    });

  const byId = createLookUpCache<SecurityGroup>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (ids) => {
      const found = await inChunks(ids, (Values) => describe([{ Name: 'group-id', Values }]));
      return Map.groupBy(found, ({ groupId }) => groupId);
    },
  });

  const byName = createLookUpCache<SecurityGroup>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (names) => {
      const named = await inChunks(names, (Values) => describe([{ Name: 'group-name', Values }]));
      const rest = names.filter((name) => !named.some(({ groupName }) => groupName === name));
      const tagged = await inChunks(rest, (Values) => describe([{ Name: 'tag:Name', Values }]));
      return new Map([
        ...Map.groupBy(tagged, ({ tags }) => tags.Name ?? ''),
        ...Map.groupBy(named, ({ groupName }) => groupName),
      ]);
    },
  });

  return {
    async find({ ids, names }) {
      const found = (await Promise.all([byId(ids), byName(names)])).flat();
      return [...new Map(found.map((group) => [group.groupId, group])).values()];
    },
  };
};
