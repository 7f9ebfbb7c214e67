import { describe, expect, it } from 'vitest';
import {
  allowancesOf,
  countCalls,
  leastSeconds,
  longestSilence,
  mostReadyAfter,
  peakInSecond,
} from '#cli/simulate/measures.ts';
import { FLEET } from './builders.ts';

const published = allowancesOf(FLEET, 0.8);

describe('The bound of the budget', () => {
  it('is set by the action with the smallest bucket', () => {
    // Attachments: a burst of 0.8 × 50, then 0.5 × 5 a second.
    expect(leastSeconds(100, published)).toBe((100 - 40) / 2.5);
    expect(mostReadyAfter(10, published)).toBe(40 + 25);
  });

  it('is nothing when a burst is enough', () => {
    expect(leastSeconds(40, published)).toBe(0);
  });

  it('is EC2’s own where the account has less than the budget', () => {
    const buckets = { CreateNetworkInterface: { size: 10, refillPerSecond: 1 } };

    const allowances = allowancesOf({ ...FLEET, buckets }, 0.8);

    expect(leastSeconds(100, allowances)).toBe(90);
    expect(mostReadyAfter(10, allowances)).toBe(20);
  });

  it('lets a burst use no less of the bucket than the refill', () => {
    const allowances = allowancesOf({ ...FLEET, budget: 1 }, 0.8);

    expect(leastSeconds(100, allowances)).toBe((100 - 50) / 5);
  });
});

describe('The peak in a second', () => {
  it('is of any second, not of whole ones', () => {
    expect(peakInSecond([0, 900, 950, 1000, 1899, 1901])).toBe(4);
  });

  it('leaves out what comes a second later', () => {
    expect(peakInSecond([0, 1000, 2000])).toBe(1);
    expect(peakInSecond([])).toBe(0);
  });
});

describe('The longest silence', () => {
  it('is counted for each instance, from the start on', () => {
    const signs = [
      { instanceId: 'i-1', at: 3000 },
      { instanceId: 'i-2', at: 9000 },
      { instanceId: 'i-1', at: 10_500 },
      { instanceId: 'i-2', at: 11_000 },
    ];

    expect(longestSilence(1000, signs)).toBe(8);
    expect(longestSilence(1000, signs.slice(0, 1))).toBe(2);
  });
});

it('Calls are counted by action, and refusals of the buckets with them', () => {
  const call = { at: new Date(0), input: {} };

  const counts = countCalls([
    { ...call, action: 'DescribeInstances' },
    { ...call, action: 'CreateNetworkInterface', errorCode: 'RequestLimitExceeded' },
    { ...call, action: 'CreateNetworkInterface', errorCode: 'InvalidSubnetID.NotFound' },
  ]);

  expect(counts).toEqual([
    { action: 'CreateNetworkInterface', calls: 2, refused: 1 },
    { action: 'DescribeInstances', calls: 1, refused: 0 },
  ]);
});
