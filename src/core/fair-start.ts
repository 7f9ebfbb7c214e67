/** Its multiples are spread evenly over 0 to 1 whatever the step between them ("Three-gap theorem", Wikipedia). */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * The same items in their order, from a start that changes with the time. Whoever takes only the first ones of many, again
 * and again, comes to each of them in time, though some should be in the way for ever.
 */
export const fromAnotherStart = <Item>(items: readonly Item[], now: Date): readonly Item[] => {
  const turn = (Math.floor(now.getTime() / 1000) * GOLDEN_RATIO) % 1;
  const start = Math.floor(turn * items.length);
  return [...items.slice(start), ...items.slice(0, start)];
};
