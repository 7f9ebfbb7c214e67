import { describe, expect, it } from 'vitest';
import { createInstanceTypeProvider } from '#providers/ec2/instance-type-provider.ts';
import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { scriptedCall } from '../scripted-call.ts';

const DAY_MS = 86_400_000;

const setUp = () => {
  const clock = new VirtualClock();
  const ec2 = new SimulatedEc2({ clock });
  const provider = createInstanceTypeProvider({ ec2: ec2.api, clock });
  return { clock, ec2, provider, calls: () => ec2.wire.log.calls.length };
};

describe('createInstanceTypeProvider', () => {
  it('tells what each card of a type carries, and leaves out types EC2 does not know', async () => {
    const { provider } = setUp();

    const limits = await provider.get(['c6in.32xlarge', 'm5.large', 'z9.huge']);

    expect([...limits.values()]).toEqual([
      {
        instanceType: 'c6in.32xlarge',
        maximumNetworkInterfaces: 16,
        networkCards: [8, 8],
        ipv4AddressesPerInterface: 50,
        ipv6AddressesPerInterface: 50,
      },
      {
        instanceType: 'm5.large',
        maximumNetworkInterfaces: 3,
        networkCards: [3],
        ipv4AddressesPerInterface: 10,
        ipv6AddressesPerInterface: 10,
      },
    ]);
    expect([...limits.keys()]).toEqual(['c6in.32xlarge', 'm5.large']);
  });

  it('asks about one that it does not know at each look-up', async () => {
    const { provider, calls } = setUp();

    await provider.get(['z9.huge']);
    await provider.get(['z9.huge']);

    expect(calls()).toBe(2);
  });

  it('asks about one that it knows once a day', async () => {
    const { clock, provider, calls } = setUp();
    await provider.get(['m5.large']);

    await clock.advanceBy(DAY_MS - 1);
    await provider.get(['m5.large']);
    const withinADay = calls();
    await clock.advanceBy(1);
    await provider.get(['m5.large']);

    expect([withinADay, calls()]).toEqual([1, 2]);
  });

  it('asks again after a look-up that failed', async () => {
    const { ec2, provider } = setUp();
    ec2.wire.failNext('DescribeInstanceTypes', { code: 'RequestLimitExceeded' });

    await expect(provider.get(['m5.large'])).rejects.toMatchObject({ failure: 'Throttled' });
    expect((await provider.get(['m5.large'])).size).toBe(1);
  });

  it('reads every page of its filter', async () => {
    const { clock, ec2 } = setUp();
    const { asked, call } = scriptedCall(
      { InstanceTypes: [{ InstanceType: 'm5.large' as const }], NextToken: 'more', $metadata: {} },
      { InstanceTypes: [{ InstanceType: 't3.medium' as const }], $metadata: {} },
    );
    const api = { ...ec2.api, describeInstanceTypes: call };

    const limits = await createInstanceTypeProvider({ ec2: api, clock }).get([
      'm5.large',
      't3.medium',
    ]);

    const Filters = [{ Name: 'instance-type', Values: ['m5.large', 't3.medium'] }];
    expect([...limits.keys()]).toEqual(['m5.large', 't3.medium']);
    expect(asked).toEqual([{ Filters }, { Filters, NextToken: 'more' }]);
  });
});
