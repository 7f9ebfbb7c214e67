import { describe, expect, it } from 'vitest';
import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { RequestBuckets } from '#simulator/request-buckets.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const FILTERED = { Filters: [{ Name: 'subnet-id', Values: ['subnet-a'] }] };

const setUp = () => {
  const clock = new VirtualClock();
  const buckets = new RequestBuckets(clock);
  /** How many of so many calls at this moment are served. */
  const servedOf = (calls: number, action: string, input?: object): number =>
    Array.from({ length: calls }, () => buckets.take(action, input)).filter(Boolean).length;
  return { clock, buckets, servedOf };
};

/** Sizes and refills of "Request throttling for the Amazon EC2 API". */
const BUCKETS = [
  { action: 'CreateNetworkInterface', input: {}, size: 100, perSecond: 5 },
  { action: 'AttachNetworkInterface', input: {}, size: 50, perSecond: 5 },
  { action: 'DeleteNetworkInterface', input: {}, size: 100, perSecond: 5 },
  { action: 'CreateTags', input: {}, size: 100, perSecond: 10 },
  { action: 'SomethingNew', input: {}, size: 50, perSecond: 5 },
  { action: 'DescribeSubnets', input: FILTERED, size: 100, perSecond: 20 },
  { action: 'DescribeSubnets', input: { MaxResults: 5 }, size: 100, perSecond: 20 },
  { action: 'DescribeSubnets', input: { NextToken: 'a' }, size: 100, perSecond: 20 },
  { action: 'DescribeSubnets', input: {}, size: 50, perSecond: 10 },
  { action: 'DescribeSubnets', input: { Filters: undefined }, size: 50, perSecond: 10 },
];

describe('RequestBuckets', () => {
  it.each(BUCKETS)(
    'serves $size calls of $action $input at once, then $perSecond a second',
    async ({ action, input, size, perSecond }) => {
      const { clock, servedOf } = setUp();

      const atOnce = servedOf(size + 20, action, input);
      await clock.advanceBy(1000);
      const aSecondLater = servedOf(size, action, input);
      await clock.advanceBy(3_600_000);

      expect([atOnce, aSecondLater]).toEqual([size, perSecond]);
      expect(servedOf(size + 20, action, input)).toBe(size);
    },
  );

  it('refuses until a whole token has flowed in, and takes none for a refusal', async () => {
    const { clock, buckets, servedOf } = setUp();
    servedOf(50, 'AttachNetworkInterface');

    const served: boolean[] = [];
    for (let call = 0; call < 4; call += 1) {
      served.push(buckets.take('AttachNetworkInterface'));
      await clock.advanceBy(100);
    }

    expect(served).toEqual([false, false, true, false]);
  });

  it('keeps a bucket for each action, and two for a describe', () => {
    const { servedOf } = setUp();
    servedOf(1000, 'AttachNetworkInterface');
    servedOf(1000, 'DescribeSubnets');

    expect(servedOf(1000, 'DetachNetworkInterface')).toBe(50);
    expect(servedOf(1000, 'DescribeSubnets', FILTERED)).toBe(100);
    expect(servedOf(1000, 'DescribeInstances', FILTERED)).toBe(100);
  });

  it('makes the simulated EC2 answer as EC2 does, where it is asked for', async () => {
    const clock = new VirtualClock();
    const ec2 = new SimulatedEc2({ clock, hasRequestBuckets: true });

    const answers = await Promise.allSettled(
      Array.from({ length: 101 }, () => ec2.api.describeSubnets(FILTERED)),
    );

    expect(answers.slice(0, 100).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(answers.at(-1)).toMatchObject({
      status: 'rejected',
      reason: { name: 'RequestLimitExceeded', message: 'Request limit exceeded.' },
    });
    const refused = ec2.wire.log.calls.filter(({ errorCode }) => errorCode !== undefined);
    expect(refused).toMatchObject([{ errorCode: 'RequestLimitExceeded' }]);
  });
});
