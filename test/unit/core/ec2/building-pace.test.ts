import { describe, expect, it } from 'vitest';
import {
  BUILDING_ACTIONS,
  publishedBucketOf,
  secondsForCalls,
  secondsToBuild,
} from '#core/ec2/building-pace.ts';
import { REQUEST_BUCKETS } from '#core/ec2/request-budget.ts';

describe('publishedBucketOf', () => {
  it('knows the bucket of every action that an interface takes', () => {
    expect(BUILDING_ACTIONS.map(publishedBucketOf)).toEqual(
      BUILDING_ACTIONS.map((action) => REQUEST_BUCKETS[action]),
    );
  });

  it('refuses to guess', () => {
    expect(() => publishedBucketOf('RunInstances')).toThrow('RunInstances');
  });
});

describe('secondsForCalls', () => {
  it('counts what is more than the bucket holds, at its refill', () => {
    expect(secondsForCalls(150, { size: 100, refillPerSecond: 5 })).toBe(10);
    expect(secondsForCalls(100, { size: 100, refillPerSecond: 5 })).toBe(0);
    expect(secondsForCalls(50, { size: 100, refillPerSecond: 5 })).toBe(0);
  });
});

describe('secondsToBuild', () => {
  it('takes the part of the refill that may be used, and no burst', () => {
    expect(secondsToBuild(1000, 0.5)).toBe(400);
    expect(secondsToBuild(1000, 1)).toBe(200);
    expect(secondsToBuild(0, 0.5)).toBe(0);
  });
});
