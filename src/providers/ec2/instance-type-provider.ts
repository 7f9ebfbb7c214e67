import type { _InstanceType } from '@aws-sdk/client-ec2';
import type { Clock } from '#core/ports/clock.ts';
import type { InstanceTypeLimits, InstanceTypeProvider } from '#core/ports/cloud.ts';
import type { Ec2Api } from './ec2-api.ts';
import { classifyEc2Error } from './errors.ts';
import { createLookUpCache } from './look-up-cache.ts';
import { toInstanceTypeLimits } from './mapping.ts';
import { allPages, inChunks } from './paginate.ts';

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
      const found = await inChunks(types, (Values) =>
        allPages(async (NextToken) => {
          try {
            const answer = await ec2.describeInstanceTypes({
              Filters: [{ Name: 'instance-type', Values: Values as _InstanceType[] }],
              ...(NextToken !== undefined && { NextToken }),
            });
            const items = (answer.InstanceTypes ?? []).map(toInstanceTypeLimits);
            return { items, nextToken: answer.NextToken };
          } catch (error) {
            throw classifyEc2Error('DescribeInstanceTypes', error);
          }
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
