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
  readonly values: Promise<readonly T[]>;
}

/**
 * Remembers what was found under each key for a while, nothing included, so that a name that does not exist costs
 * one call a minute and not one a look. The keys of one look are read by one call, and a look at a key that is being
 * read waits for that answer. A failed read fails every look that waits for it, and is not remembered.
 */
export const createLookUpCache = <T>(options: {
  readonly clock: Clock;
  readonly timeToLiveSeconds: number;
  /** For values whose going must be noticed sooner than their coming; the same as for nothing unless told otherwise. */
  readonly foundTimeToLiveSeconds?: number;
  /** Reads several keys at once; an unknown key is absent from the map. */
  readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, readonly T[]>>;
}): LookUp<T> => {
  const { clock, timeToLiveSeconds, foundTimeToLiveSeconds = timeToLiveSeconds, read } = options;
  const entries = new Map<string, Entry<T>>();

  const remember = (keys: readonly string[], now: number): void => {
    const answers = read(keys);
    for (const key of keys) {
      const values = answers.then((found) => found.get(key) ?? []);
      const entry = { expiresAt: now + timeToLiveSeconds * 1000, values };
      entries.set(key, entry);
      values.then(
        ({ length }) => {
          if (length > 0) entry.expiresAt = now + foundTimeToLiveSeconds * 1000;
        },
        // A failed read is not an answer: the next look asks again.
        () => entries.delete(key),
      );
    }
  };

  return async (keys, { isFresh = false } = {}) => {
    const now = clock.now().getTime();
    for (const [key, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(key);
    if (isFresh) for (const key of keys) entries.delete(key);
    const missing = [...new Set(keys)].filter((key) => !entries.has(key));
    for (let start = 0; start < missing.length; start += MOST_KEYS)
      remember(missing.slice(start, start + MOST_KEYS), now);
    const found = keys.map((key) => entries.get(key)?.values ?? Promise.resolve([]));
    return (await Promise.all(found)).flat();
  };
};
