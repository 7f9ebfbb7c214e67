import fc from 'fast-check';
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
    { left: { a: 1 }, right: { b: 1 }, same: false },
    { left: [], right: {}, same: false },
    { left: [1], right: [1, 2], same: false },
    { left: 1, right: '1', same: false },
    { left: { at: new Date(0) }, right: { at: '1970-01-01T00:00:00.000Z' }, same: true },
    { left: { at: new Date(0) }, right: { at: new Date(1) }, same: false },
  ])('is $same for $left and $right', ({ left, right, same }) => {
    expect(sameJson(left, right)).toBe(same);
  });

  it('holds for the values that have the same canonical text, and for no others', () => {
    const some = fc.jsonValue({ maxDepth: 3 });
    const pairs = fc.oneof(
      fc.tuple(some, some),
      some.map((value) => [value, structuredClone(value)] as const),
      fc
        .dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(some, { nil: undefined }))
        .map((value) => [value, Object.fromEntries(Object.entries(value).toReversed())] as const),
      fc.tuple(
        fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(null, undefined, 0, '', [], {})),
        fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(null, undefined, 0, '', [], {})),
      ),
    );

    fc.assert(
      fc.property(pairs, ([left, right]) => {
        expect(sameJson(left, right)).toBe(canonicalJson(left) === canonicalJson(right));
      }),
      { numRuns: 1000 },
    );
  });
});
