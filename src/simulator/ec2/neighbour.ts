import { BUILDING_ACTIONS, publishedBucketOf } from '#core/ec2/building-pace.ts';
import type { RequestBucket } from '#core/ec2/request-buckets.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Random } from '../random.ts';
import type { RequestBuckets } from '../request-buckets.ts';

/** Somebody else in the account who makes the same calls: the VPC CNI, Karpenter. */
export interface Neighbour {
  /** Calls so far, and those of them that EC2 refused. */
  readonly calls: number;
  readonly refused: number;
}

interface Given {
  readonly clock: Clock;
  readonly random: Random;
  readonly buckets: RequestBuckets;
  readonly own: Readonly<Record<string, RequestBucket>>;
  /** Part of the refill of each bucket that it uses, 0 to 1. */
  readonly share: number;
}

/**
 * Calls each building action at this part of its refill for ever, with pauses of half to one and a half times the mean, and
 * makes no refused call again.
 */
export const startNeighbour = ({ clock, random, buckets, own, share }: Given): Neighbour => {
  const neighbour = { calls: 0, refused: 0 };
  const callForEver = async (action: string): Promise<never> => {
    const { refillPerSecond } = own[action] ?? publishedBucketOf(action);
    for (;;) {
      await clock.sleep((1000 * (0.5 + random.next())) / (share * refillPerSecond));
      neighbour.calls += 1;
      if (!buckets.take(action)) neighbour.refused += 1;
    }
  };
  for (const action of BUILDING_ACTIONS) void callForEver(action);
  return neighbour;
};
