import type { Clock } from '#core/ports/clock.ts';

/** A value and the moment from which a new one is wanted. */
export interface Lasting<T> {
  readonly value: T;
  readonly until: Date;
}

export interface Renewed<T> {
  (): Promise<T>;
  /** Who used the value doubts it: the next who asks gets one that is read anew, unless this one was read just now. */
  doubt(): void;
}

/** A value that is younger is not read again however it is doubted: an outage of the one is not to become load of the other. */
const LEAST_SECONDS = 15;

/**
 * Keeps a value until its time is over and reads the next one then. Who asks while it is being read waits for the same
 * one; a failed read is thrown to them and not remembered.
 */
export const createRenewed = <T>({
  clock,
  read,
}: {
  readonly clock: Pick<Clock, 'now'>;
  readonly read: () => Promise<Lasting<T>>;
}): Renewed<T> => {
  let held: { readonly value: Promise<T>; readonly at: number; until: number } | undefined;

  const renew = (): Promise<T> => {
    const reading = read();
    const next = {
      value: reading.then(({ value }) => value),
      at: clock.now().getTime(),
      until: Number.POSITIVE_INFINITY,
    };
    held = next;
    reading.then(
      ({ until }) => {
        next.until = until.getTime();
      },
      () => {
        held = undefined;
      },
    );
    return next.value;
  };

  const ask = (): Promise<T> =>
    held !== undefined && clock.now().getTime() < held.until ? held.value : renew();

  return Object.assign(ask, {
    doubt(): void {
      if (held !== undefined) held.until = Math.min(held.until, held.at + LEAST_SECONDS * 1000);
    },
  });
};
