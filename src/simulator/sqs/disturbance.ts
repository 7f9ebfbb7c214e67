/**
 * What happens to one message on its way: the extra delay, in milliseconds, of every copy that arrives.
 * `[0]` is undisturbed, `[]` lost, `[0, 3000]` delivered twice; different delays reorder.
 */
export type Disturbance = () => readonly number[];

export interface DisturbanceRates {
  /** Chance of each, 0 to 1. */
  readonly duplicate?: number;
  readonly drop?: number;
  readonly delay?: number;
  /** The longest extra delay of a delayed or second copy. Default one minute. */
  readonly maximumDelayMs?: number;
}

/** In: numbers from 0 up to 1, seeded where a run must repeat. Out: at-least-once delivery as AWS may do it. */
export const createDisturbance = (random: () => number, rates: DisturbanceRates): Disturbance => {
  const { duplicate = 0, drop = 0, delay = 0, maximumDelayMs = 60_000 } = rates;
  const someDelay = () => Math.floor(random() * maximumDelayMs);
  return () => {
    if (random() < drop) return [];
    const first = random() < delay ? someDelay() : 0;
    return random() < duplicate ? [first, someDelay()] : [first];
  };
};
