import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '#simulator/random.ts';

const many = <T>(random: Random, take: (random: Random) => T, count = 1000): T[] =>
  Array.from({ length: count }, () => take(random));

describe('createRandom', () => {
  it('gives the same stream for the same seed, of whatever is asked', () => {
    const draw = ({ next, int, pick, id, uuid }: Random) => [
      next(),
      int(10),
      pick(['a', 'b', 'c']),
      id('eni'),
      uuid(),
    ];

    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [left, right] = [createRandom(seed), createRandom(seed)];

        expect(many(left, draw, 5)).toEqual(many(right, draw, 5));
      }),
    );
  });

  it('gives other streams for other seeds', () => {
    const firsts = Array.from({ length: 1000 }, (_, seed) => createRandom(seed).next());

    expect(new Set(firsts).size).toBe(1000);
  });

  it('keeps to the numbers from 0 to below 1, and spreads them', () => {
    const numbers = many(createRandom(7), ({ next }) => next(), 10_000);

    const tenths = Map.groupBy(numbers, (number) => Math.floor(number * 10));
    expect([...tenths.keys()].toSorted((left, right) => left - right)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    for (const [, { length }] of tenths) expect(Math.abs(length - 1000)).toBeLessThan(150);
  });

  it('gives whole numbers below the one it is told, each of them', () => {
    const numbers = many(createRandom(7), ({ int }) => int(3));

    expect(new Set(numbers)).toEqual(new Set([0, 1, 2]));
  });

  it('picks every element of a list, and nothing from an empty one', () => {
    const random = createRandom(7);

    expect(new Set(many(random, ({ pick }) => pick(['a', 'b', 'c'])))).toEqual(
      new Set(['a', 'b', 'c']),
    );
    expect(random.pick([])).toBeUndefined();
  });

  it('makes ids as EC2 does and tokens as Auto Scaling does, no two alike', () => {
    const random = createRandom(7);

    const ids = many(random, ({ id }) => id('eni'));
    const tokens = many(random, ({ uuid }) => uuid());

    for (const id of ids) expect(id).toMatch(/^eni-[0-9a-f]{17}$/);
    for (const token of tokens)
      expect(token).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    expect(new Set([...ids, ...tokens]).size).toBe(2000);
  });
});
