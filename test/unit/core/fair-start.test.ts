import { describe, expect, it } from 'vitest';
import { fromAnotherStart } from '#core/fair-start.ts';

const items = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

describe('fromAnotherStart', () => {
  it('keeps every item, and their order but for where it begins', () => {
    const turned = fromAnotherStart(items(7), new Date('2026-01-01T00:00:00Z'));

    const first = turned[0] ?? 0;
    expect(turned).toEqual(items(7).map((_, at) => (first + at) % 7));
  });

  it('has nothing to begin with when there is nothing', () => {
    expect(fromAnotherStart([], new Date(0))).toEqual([]);
  });

  // The schedule's interval is a multiple of many counts: a start that grows with the time would always be the same.
  it.each([21, 25, 50, 60, 100, 300])(
    'comes to each of %i items when 20 are taken every 300 s',
    (count) => {
      const reached = new Set(
        items(60).flatMap((run) =>
          fromAnotherStart(items(count), new Date(run * 300_000)).slice(0, 20),
        ),
      );

      expect(reached.size).toBe(count);
    },
  );
});
