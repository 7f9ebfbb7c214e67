import type { Filter } from '@aws-sdk/client-ec2';
import type { Clock } from '#core/ports/clock.ts';
import type { Subnet, SubnetProvider } from '#core/ports/cloud.ts';
import { createLookUpCache } from '../look-up-cache.ts';
import { describeAll, inFilterChunks } from './describe-all.ts';
import type { Ec2Api } from './ec2-api.ts';
import { toSubnet } from './mapping.ts';

/** Short, because the number of free addresses decides whether a create call is worth making. */
const CACHE_SECONDS = 60;

/** Subnets by id and by Name tag, remembered for a minute. */
export const createSubnetProvider = ({
  ec2,
  clock,
}: {
  readonly ec2: Pick<Ec2Api, 'describeSubnets'>;
  readonly clock: Clock;
}): SubnetProvider => {
  const describe = (Filters: Filter[]): Promise<Subnet[]> =>
    describeAll('DescribeSubnets', async (page) => {
      const { Subnets = [], NextToken: nextToken } = await ec2.describeSubnets({
        Filters,
        ...page,
      });
      return { items: Subnets.map(toSubnet), nextToken };
    });

  const byId = createLookUpCache<Subnet>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (ids) => {
      const found = await inFilterChunks(ids, (Values) =>
        describe([{ Name: 'subnet-id', Values }]),
      );
      return Map.groupBy(found, ({ subnetId }) => subnetId);
    },
  });

  const byName = createLookUpCache<Subnet>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (names) => {
      const found = await inFilterChunks(names, (Values) =>
        describe([{ Name: 'tag:Name', Values }]),
      );
      return Map.groupBy(found, ({ tags }) => tags.Name ?? '');
    },
  });

  return {
    async find({ ids, names }, options) {
      const found = (await Promise.all([byId(ids, options), byName(names, options)])).flat();
      return [...new Map(found.map((subnet) => [subnet.subnetId, subnet])).values()];
    },
  };
};
