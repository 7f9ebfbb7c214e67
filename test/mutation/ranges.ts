import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lines of a file, counted from 1, both ends included. */
export interface Range {
  readonly file: string;
  readonly first: number;
  readonly last: number;
}

/** As Stryker takes it ("mutate", Stryker documentation). */
export const written = ({ file, first, last }: Range): string => `${file}:${first}-${last}`;

const NEVER_RUNS = /^(import|(export )?(interface|type)) /;

/** True for what has no mutants: imports and types. Comments before it do not count. */
const isErased = (lines: readonly string[]): boolean => {
  const code = lines.find((line) => line !== '' && !/^(\/\/|\/\*| \*)/.test(line));
  return code === undefined || NEVER_RUNS.test(code);
};

/**
 * The declarations at the top of a file: runs of lines that a blank line parts, where the next one is not indented. A
 * mutant belongs to exactly one, which is why these are drawn and not lines.
 */
const declarationsIn = (root: string, file: string): Range[] => {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const starts = lines.flatMap((line, index) =>
    index === 0 || (lines[index - 1] === '' && /^\S/.test(line)) ? [index] : [],
  );
  return starts.flatMap((start, index) => {
    const end = starts[index + 1] ?? lines.length;
    return isErased(lines.slice(start, end)) ? [] : [{ file, first: start + 1, last: end }];
  });
};

/** A small generator of even numbers between 0 and 1, the same for each seed ("mulberry32", Tommy Ettinger). */
const randomFrom = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Draws so many declarations of these files, each as likely as the others. Out: those, and how many there are. */
export const drawn = (
  root: string,
  files: readonly string[],
  { count, seed }: { readonly count: number; readonly seed: number },
): { readonly ranges: readonly Range[]; readonly total: number } => {
  const random = randomFrom(seed);
  const all = files.flatMap((file) => declarationsIn(root, file));
  const shuffled = all
    .map((range) => ({ range, order: random() }))
    .toSorted((left, right) => left.order - right.order)
    .map(({ range }) => range);
  return { ranges: shuffled.slice(0, count), total: all.length };
};
