import { REQUEST_BUCKETS, type RequestBucket } from './request-budget.ts';

/** Calls that an interface takes: it is created, attached, and told to end with its instance. */
export const BUILDING_ACTIONS = [
  'CreateNetworkInterface',
  'AttachNetworkInterface',
  'ModifyNetworkInterfaceAttribute',
] as const;

/** AWS's published bucket of an action. Throws for one that it does not list. */
export const publishedBucketOf = (action: string): RequestBucket => {
  const published = REQUEST_BUCKETS[action];
  if (published === undefined) throw new Error(`no bucket is known for ${action}`);
  return published;
};

/** Seconds until so many calls have gone through a bucket that is full at the start. */
export const secondsForCalls = (calls: number, { size, refillPerSecond }: RequestBucket): number =>
  Math.max(0, (calls - size) / refillPerSecond);

/**
 * Seconds that so many interfaces take at the pace of this part of EC2's refill, 0 to 1, when the bursts are used up. Steps of
 * them that are done already are not counted off, so it is an upper bound while nobody else uses the account.
 */
export const secondsToBuild = (interfaces: number, share: number): number =>
  Math.max(
    ...BUILDING_ACTIONS.map((action) =>
      secondsForCalls(interfaces, {
        size: 0,
        refillPerSecond: share * publishedBucketOf(action).refillPerSecond,
      }),
    ),
  );
