import { describe, expect, it } from 'vitest';
import { canonicalJson, sameJson } from '#core/json.ts';

describe('canonicalJson', () => {
  it('sorts the keys of every object and keeps the order of lists', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }, 'a'], a: { z: true, y: 'x' } })).toBe(
      '{"a":{"y":"x","z":true},"b":[{"c":null,"d":1},"a"]}',
    );
  });

  it('sorts more than two keys', () => {
    const written = canonicalJson({ c: 3, a: 1, d: 4, b: 2 });

    expect(written).toBe('{"a":1,"b":2,"c":3,"d":4}');
  });

  it('leaves undefined fields out, and is empty for nothing', () => {
    expect(canonicalJson({ a: undefined })).toBe('{}');
    expect(canonicalJson(undefined)).toBe('');
  });
});

describe('sameJson', () => {
  it.each([
    { left: { a: 1, b: 2 }, right: { b: 2, a: 1 }, same: true },
    { left: { a: 1, b: undefined }, right: { a: 1 }, same: true },
    { left: [1, 2], right: [2, 1], same: false },
    { left: { a: null }, right: {}, same: false },
    { left: undefined, right: undefined, same: true },
    { left: undefined, right: null, same: false },
  ])('is $same for $left and $right', ({ left, right, same }) => {
    expect(sameJson(left, right)).toBe(same);
  });
});
