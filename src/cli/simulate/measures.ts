import { BUILDING_ACTIONS, publishedBucketOf, secondsForCalls } from '#core/ec2/building-pace.ts';
import type { RequestBucket } from '#core/ec2/request-budget.ts';
import type { LoggedCall } from '#simulator/call-log.ts';
import type { FleetOptions } from './options.ts';

/** Calls that a bucket and its refill let through in this time. */
export const callsIn = (seconds: number, { size, refillPerSecond }: RequestBucket): number =>
  size + seconds * refillPerSecond;

/** The part of a bucket that nodeeni takes. */
const partOf = (bucket: RequestBucket, share: number, burstShare: number): RequestBucket => ({
  size: burstShare * bucket.size,
  refillPerSecond: share * bucket.refillPerSecond,
});

/** What limits one action: nodeeni's part of the published bucket, or the account's own where that is less. */
export interface Allowance {
  readonly action: string;
  readonly budget: RequestBucket;
  readonly account: RequestBucket;
}

/** What may be called of each building action. */
export const allowancesOf = (
  { budget, buckets }: Pick<FleetOptions, 'budget' | 'buckets'>,
  burstShare: number,
): readonly Allowance[] =>
  BUILDING_ACTIONS.map((action) => {
    const published = publishedBucketOf(action);
    return {
      action,
      budget: partOf(published, budget, Math.max(burstShare, budget)),
      account: buckets[action] ?? published,
    };
  });

/** The least seconds in which so many interfaces can be built; 0 when a burst is enough. */
export const leastSeconds = (interfaces: number, allowances: readonly Allowance[]): number =>
  Math.max(
    ...allowances.flatMap(({ budget, account }) => [
      secondsForCalls(interfaces, budget),
      secondsForCalls(interfaces, account),
    ]),
  );

/** Most interfaces that can be ready after so many seconds. */
export const mostReadyAfter = (seconds: number, allowances: readonly Allowance[]): number =>
  Math.min(
    ...allowances.flatMap(({ budget, account }) => [
      callsIn(seconds, budget),
      callsIn(seconds, account),
    ]),
  );

/** Most of these times, in milliseconds and in order, that lie in one second. */
export const peakInSecond = (times: readonly number[]): number => {
  let end = 0;
  return times.reduce((peak, start, index) => {
    while (end < times.length && (times[end] ?? 0) < start + 1000) end += 1;
    return Math.max(peak, end - index);
  }, 0);
};

/** Calls by action, the most frequent first. */
export const countCalls = (
  calls: readonly LoggedCall[],
): readonly { readonly action: string; readonly calls: number; readonly refused: number }[] =>
  [...Map.groupBy(calls, ({ action }) => action)]
    .map(([action, group]) => ({
      action,
      calls: group.length,
      refused: group.filter(({ errorCode }) => errorCode === 'RequestLimitExceeded').length,
    }))
    .toSorted((left, right) => right.calls - left.calls);

/**
 * The longest that an instance waited without a sign of life: from the start to its first heartbeat, from one to the next,
 * or to its completion. In: heartbeats and completions, in the order of time, in milliseconds. Out: seconds.
 */
export const longestSilence = (
  beganAtMs: number,
  signs: readonly { readonly instanceId: string; readonly at: number }[],
): number => {
  const last = new Map<string, number>();
  const silences = signs.map(({ instanceId, at }) => {
    const silence = at - (last.get(instanceId) ?? beganAtMs);
    last.set(instanceId, at);
    return silence;
  });
  return silences.reduce((longest, silence) => Math.max(longest, silence), 0) / 1000;
};
