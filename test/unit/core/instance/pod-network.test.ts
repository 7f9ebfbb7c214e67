import { describe, expect, it } from 'vitest';
import { addressesOf } from '#core/instance/pod-network.ts';

const subnet = (...ranges: readonly string[]) => ({ cidr: '', gateway: '', ranges: [...ranges] });

describe('addressesOf', () => {
  it.each([
    ['a prefix', [subnet('10.0.1.32/28')], 16],
    ['prefixes and single addresses', [subnet('10.0.1.32/28', '10.0.1.5/32')], 17],
    ['both families, of which each pod takes one', [subnet('10.0.1.32/28'), subnet('::1/128')], 1],
    ['a block of IPv6, which nobody uses up', [subnet('10.0.1.32/28'), subnet('fd00::/80')], 16],
    ['nothing but such a block', [subnet('fd00::/80')], 1024],
    ['no address', [], 0],
  ])('counts the pods of %s', (_, subnets, count) => {
    expect(addressesOf({ subnets })).toBe(count);
  });
});
