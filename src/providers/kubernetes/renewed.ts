import type { Clock } from '#core/ports/clock.ts';

/** A value and the moment from which a new one is wanted. */
export interface Lasting<T> {
  readonly value: T;
  readonly until: Date;
}

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
}): (() => Promise<T>) => {
  let held: { readonly value: Promise<T>; until: number } | undefined;

  const renew = (): Promise<T> => {
    const reading = read();
    const next = { value: reading.then(({ value }) => value), until: Number.POSITIVE_INFINITY };
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

  return () => (held !== undefined && clock.now().getTime() < held.until ? held.value : renew());
};
