import type { Filter } from '@aws-sdk/client-ec2';
import type { Clock } from '#core/ports/clock.ts';
import type { Subnet, SubnetProvider } from '#core/ports/cloud.ts';
import type { Ec2Api } from './ec2-api.ts';
import { classifyEc2Error } from './errors.ts';
import { createLookUpCache } from './look-up-cache.ts';
import { toSubnet } from './mapping.ts';
import { allPages, inChunks } from './paginate.ts';

/** Short, because the number of free addresses decides whether a create call is worth making. */
const CACHE_SECONDS = 60;

/** Subnets by id and by Name tag, remembered for a minute. */
export const createSubnetProvider = ({
  ec2,
  clock,
}: {
  readonly ec2: Ec2Api;
  readonly clock: Clock;
}): SubnetProvider => {
  const describe = (Filters: Filter[]): Promise<Subnet[]> =>
    allPages(async (NextToken) => {
      try {
        const answer = await ec2.describeSubnets({
          Filters,
          ...(NextToken !== undefined && { NextToken }),
        });
        return { items: (answer.Subnets ?? []).map(toSubnet), nextToken: answer.NextToken };
      } catch (error) {
        throw classifyEc2Error('DescribeSubnets', error);
      }
    });

  const byId = createLookUpCache<Subnet>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (ids) => {
      const found = await inChunks(ids, (Values) => describe([{ Name: 'subnet-id', Values }]));
      return Map.groupBy(found, ({ subnetId }) => subnetId);
    },
  });

  const byName = createLookUpCache<Subnet>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (names) => {
      const found = await inChunks(names, (Values) => describe([{ Name: 'tag:Name', Values }]));
      return Map.groupBy(found, ({ tags }) => tags.Name ?? '');
    },
  });

  return {
    async find({ ids, names }) {
      const found = (await Promise.all([byId(ids), byName(names)])).flat();
      return [...new Map(found.map((subnet) => [subnet.subnetId, subnet])).values()];
    },
  };
};
