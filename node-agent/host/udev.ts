import { join } from 'node:path';
import { readText } from './files.ts';
import type { Roots } from './roots.ts';

/** How long a link is left to udev on a host where udev never speaks of it. */
const LONGEST_WAIT_SECONDS = 3;

/** Tells whether udev has finished with a link, by its index. */
export type IsSettled = (ifindex: number) => Promise<boolean>;

/**
 * udev renames a link some 0.1 s after it appears, and cannot once it is up: a link is touched only when its database
 * entry is there and says no more that it is being renamed. `seconds` is a clock that only counts up.
 */
export const createIsSettled = ({ udev }: Roots, seconds: () => number): IsSettled => {
  const firstSeen = new Map<number, number>();
  return async (ifindex) => {
    const entry = await readText(join(udev, 'data', `n${ifindex}`));
    if (entry !== undefined && !entry.includes('ID_RENAMING=1')) {
      firstSeen.delete(ifindex);
      return true;
    }
    const since = firstSeen.get(ifindex) ?? seconds();
    firstSeen.set(ifindex, since);
    return seconds() - since >= LONGEST_WAIT_SECONDS;
  };
};
