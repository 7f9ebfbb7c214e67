import { describe, expect, it } from 'vitest';
import { checkFleet, parseBucket, parseCount } from '#cli/simulate/options.ts';
import { FLEET } from './builders.ts';

describe('A count', () => {
  it.each(['1', '10000'])('is %s', (text) => {
    expect(parseCount(text)).toBe(Number(text));
  });

  it.each(['0', '-1', '1.5', '10001', 'many', ''])('is not "%s"', (text) => {
    expect(() => parseCount(text)).toThrow('Write a whole number from 1 to 10000.');
  });
});

describe('A bucket', () => {
  it('is an action, a size and a refill, beside those given before', () => {
    const others = { AttachNetworkInterface: { size: 1, refillPerSecond: 1 } };

    const buckets = parseBucket('CreateNetworkInterface=200:7.5', others);

    expect(buckets).toEqual({
      ...others,
      CreateNetworkInterface: { size: 200, refillPerSecond: 7.5 },
    });
  });

  it.each([
    ['CreateNetworkInterface', 'Write an action'],
    ['CreateNetworkInterface=100', 'Write an action'],
    ['CreateNetworkInterface=100:-5', 'Write an action'],
    ['RunInstances=100:5', 'Actions: CreateNetworkInterface,'],
    ['CreateNetworkInterface=0:5', 'at least 1 call'],
    ['CreateNetworkInterface=100:0', 'refills'],
  ])('is not %s', (text, why) => {
    expect(() => parseBucket(text, {})).toThrow(why);
  });
});

describe('A fleet', () => {
  it('may fill its instances', () => {
    expect(() => checkFleet({ ...FLEET, instanceType: 'm5.large', interfaces: 2 })).not.toThrow();
  });

  it('is refused when an instance holds fewer interfaces', () => {
    const fleet = { ...FLEET, instanceType: 'm5.large', interfaces: 3 };

    expect(() => checkFleet(fleet)).toThrow('at most 2 more: give --interfaces 1 to 2');
  });

  it('is refused when nobody knows its type, with those that are known', () => {
    expect(() => checkFleet({ ...FLEET, instanceType: 'z9.mega' })).toThrow(
      /"z9\.mega"\. It knows .*m5\.4xlarge/,
    );
  });
});
