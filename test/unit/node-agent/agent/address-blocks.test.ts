import { describe, expect, it } from 'vitest';
import { endsOf, isInBlock } from '#node-agent/agent/address-blocks.ts';

describe('endsOf', () => {
  it.each([
    ['10.0.64.32/28', '10.0.64.32', '10.0.64.47'],
    ['10.0.64.71/32', '10.0.64.71', '10.0.64.71'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['2600:1F14:abc:de00:1::/80', '2600:1f14:abc:de00:1::', '2600:1f14:abc:de00:1:ffff:ffff:ffff'],
    ['2600:1f14:abc:de00:0:0:0:a/128', '2600:1f14:abc:de00::a', '2600:1f14:abc:de00::a'],
  ])('of %s are %s and %s', (block, first, last) => {
    expect(endsOf(block)).toEqual({ first, last });
  });
});

describe('isInBlock', () => {
  it.each([
    ['10.0.64.47', '10.0.64.32/28', true],
    ['10.0.64.48', '10.0.64.32/28', false],
    ['10.0.64.31', '10.0.64.32/28', false],
    ['2600:1f14:abc:de00:1::5', '2600:1f14:abc:de00:1::/80', true],
    ['2600:1f14:abc:de00:2::5', '2600:1f14:abc:de00:1::/80', false],
    ['::a00:4020', '10.0.64.32/28', false],
  ])('of %s and %s is %s', (address, block, answer) => {
    expect(isInBlock(address, block)).toBe(answer);
  });
});
