import type { Clock } from '#core/ports/clock.ts';
import type { InstanceTypeLimits, InstanceTypeProvider } from '#core/ports/cloud.ts';
import { createLookUpCache } from '../look-up-cache.ts';
import { describeAll, inFilterChunks } from './describe-all.ts';
import type { Ec2Api } from './ec2-api.ts';
import { toInstanceTypeLimits } from './mapping.ts';

/** A type never changes; a day bounds what a mistake of ours could cost. */
const CACHE_SECONDS = 86_400;

/** What instance types can carry, remembered for a day. */
export const createInstanceTypeProvider = ({
  ec2,
  clock,
}: {
  readonly ec2: Ec2Api;
  readonly clock: Clock;
}): InstanceTypeProvider => {
  const find = createLookUpCache<InstanceTypeLimits>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (types) => {
      // By filter, since one unknown name fails a call that lists names.
      const found = await inFilterChunks(types, (Values) =>
        describeAll('DescribeInstanceTypes', async (page) => {
          const { InstanceTypes = [], NextToken: nextToken } = await ec2.describeInstanceTypes({
            Filters: [{ Name: 'instance-type', Values }],
            ...page,
          });
          return { items: InstanceTypes.map(toInstanceTypeLimits), nextToken };
        }),
      );
      return Map.groupBy(found, ({ instanceType }) => instanceType);
    },
  });

  return {
    async get(types) {
      const found = await find(types);
      return new Map(found.map((limits) => [limits.instanceType, limits]));
    },
  };
};
