import { BUILDING_ACTIONS, publishedBucketOf, secondsForCalls } from '#core/ec2/building-pace.ts';
import type { RequestBucket } from '#core/ec2/request-buckets.ts';
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

/** What limits one action. */
export interface Allowance {
  readonly action: string;
  /** What nodeeni takes in any case. */
  readonly budget: RequestBucket;
  /** What the account has, whoever uses it. */
  readonly account: RequestBucket;
  /** What nodeeni may take at most: what the account has left, or no more than its budget where that is fixed. */
  readonly most: RequestBucket;
}

/** The account's bucket without what somebody else draws from its refill. */
const leftBy = (neighbour: number, { size, refillPerSecond }: RequestBucket): RequestBucket => ({
  size,
  refillPerSecond: (1 - neighbour) * refillPerSecond,
});

const lesser = (left: RequestBucket, right: RequestBucket): RequestBucket => ({
  size: Math.min(left.size, right.size),
  refillPerSecond: Math.min(left.refillPerSecond, right.refillPerSecond),
});

/** What may be called of each building action. */
export const allowancesOf = (
  {
    budget,
    buckets,
    isAdaptive,
    neighbour,
  }: Omit<FleetOptions, 'nodes' | 'interfaces' | 'instanceType'>,
  burstShare: number,
): readonly Allowance[] =>
  BUILDING_ACTIONS.map((action) => {
    const published = publishedBucketOf(action);
    const floor = partOf(published, budget, Math.max(burstShare, budget));
    const account = buckets[action] ?? published;
    const left = leftBy(neighbour, account);
    return { action, budget: floor, account, most: isAdaptive ? left : lesser(left, floor) };
  });

/** The least seconds in which so many interfaces can be built; 0 when a burst is enough. */
export const leastSeconds = (interfaces: number, allowances: readonly Allowance[]): number =>
  Math.max(...allowances.map(({ most }) => secondsForCalls(interfaces, most)));

/** Most interfaces that can be ready after so many seconds. */
export const mostReadyAfter = (seconds: number, allowances: readonly Allowance[]): number =>
  Math.min(...allowances.map(({ most }) => callsIn(seconds, most)));

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

/** Most interfaces that the floor lets be ready after so many seconds. */
export const floorReadyAfter = (seconds: number, allowances: readonly Allowance[]): number =>
  Math.min(...allowances.map(({ budget }) => callsIn(seconds, budget)));
