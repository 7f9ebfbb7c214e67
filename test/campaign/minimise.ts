import type { Dated, History } from './history.ts';
import { play } from './play.ts';

const without = (happenings: readonly Dated[], start: number, count: number): readonly Dated[] => [
  ...happenings.slice(0, start),
  ...happenings.slice(start + count),
];

/** The kind of a failure: its words without the ids, which differ from play to play. */
const kindOf = async (history: History): Promise<string | undefined> =>
  (await play(history))?.broken[0]?.replaceAll(/[a-z]+-[0-9a-f]{17}|[0-9a-f-]{36}/g, '…');

/**
 * Takes out of a history that fails whatever it fails without, in ever smaller pieces. Out: one that still fails in
 * the same way, and from which nothing more can be taken.
 */
export const minimise = async (history: History): Promise<History> => {
  let { happenings } = history;
  const kind = await kindOf(history);
  const fails = async (candidate: readonly Dated[]): Promise<boolean> =>
    (await kindOf({ ...history, happenings: candidate })) === kind;

  for (let size = Math.ceil(happenings.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < happenings.length; ) {
      const candidate = without(happenings, start, size);
      if (await fails(candidate)) happenings = candidate;
      else start += size;
    }
  }
  return { ...history, happenings };
};
