import type { Clock } from '#core/ports/clock.ts';

/** What one call takes ("Filter", EC2 API Reference): a read that fails fails no more keys than it has to. */
const MOST_KEYS = 200;

/** With `isFresh` it is read past what is remembered: a service has just said otherwise. */
type LookUp<T> = (
  keys: readonly string[],
  options?: { readonly isFresh?: boolean },
) => Promise<readonly T[]>;

interface Entry<T> {
  expiresAt: number;
  isBeingRead: boolean;
  readonly values: Promise<readonly T[]>;
}

/**
 * Remembers what was found under each key for a while. That there was nothing is no answer to who asks later: the thing may
 * have been made since, and the event that brought this look may have told of it. The keys of one look are read by one call,
 * and a look at a key that is being read waits for that answer. A failed read fails every look that waits for it, and is
 * not remembered.
 */
export const createLookUpCache = <T>(options: {
  readonly clock: Clock;
  readonly timeToLiveSeconds: number;
  /** For things whose coming no event tells. */
  readonly absentTimeToLiveSeconds?: number;
  /** Reads several keys at once; an unknown key is absent from the map. */
  readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, readonly T[]>>;
}): LookUp<T> => {
  const { clock, timeToLiveSeconds, absentTimeToLiveSeconds = 0, read } = options;
  const entries = new Map<string, Entry<T>>();

  const remember = (keys: readonly string[], now: number): void => {
    const answers = read(keys);
    for (const key of keys) {
      const values = answers.then((found) => found.get(key) ?? []);
      const entry = { expiresAt: Number.POSITIVE_INFINITY, isBeingRead: true, values };
      entries.set(key, entry);
      values.then(
        ({ length }) => {
          const seconds = length > 0 ? timeToLiveSeconds : absentTimeToLiveSeconds;
          entry.expiresAt = now + seconds * 1000;
          entry.isBeingRead = false;
        },
        // A failed read is not an answer: the next look asks again.
        () => entries.delete(key),
      );
    }
  };

  const forget = (isOver: (key: string, entry: Entry<T>) => boolean): void => {
    for (const [key, entry] of entries) if (isOver(key, entry)) entries.delete(key);
  };

  return async (keys, { isFresh = false } = {}) => {
    const now = clock.now().getTime();
    forget((_, { expiresAt }) => expiresAt <= now);
    // What is being read for somebody else at this moment is as fresh as it can be.
    if (isFresh) forget((key, { isBeingRead }) => !isBeingRead && keys.includes(key));
    const missing = [...new Set(keys)].filter((key) => !entries.has(key));
    for (let start = 0; start < missing.length; start += MOST_KEYS)
      remember(missing.slice(start, start + MOST_KEYS), now);
    const found = keys.map((key) => entries.get(key)?.values ?? Promise.resolve([]));
    return (await Promise.all(found)).flat();
  };
};
