/** Seconds of a clock that only counts up, whatever is done to the time of day. */
export const steadySeconds = (): number => performance.now() / 1000;
