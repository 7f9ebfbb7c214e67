import type { Range } from './ranges.ts';

/** One mutant of Stryker's report ("Mutation testing report schema", stryker-mutator/mutation-testing-elements). */
export interface Mutant {
  readonly file: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

export interface Score {
  readonly killed: number;
  readonly survived: number;
  readonly uncovered: number;
}

const KILLED = ['Killed', 'Timeout'];

const countOf = (mutants: readonly Mutant[], statuses: readonly string[]): number =>
  mutants.filter(({ status }) => statuses.includes(status)).length;

export const isLeft = ({ status }: Mutant): boolean =>
  status === 'Survived' || status === 'NoCoverage';

/** Static mutants, and those that do not even load, count for nothing. */
export const scoreOf = (mutants: readonly Mutant[]): Score => ({
  killed: countOf(mutants, KILLED),
  survived: countOf(mutants, ['Survived']),
  uncovered: countOf(mutants, ['NoCoverage']),
});

export const total = ({ killed, survived, uncovered }: Score): number =>
  killed + survived + uncovered;

const share = (score: Score): number => (total(score) === 0 ? 1 : score.killed / total(score));

/** The share of killed mutants, in percent. */
export const inPercent = (score: Score): string => `${(share(score) * 100).toFixed(1)} %`;

/** Two standard errors hold 95 of 100 samples. */
const NORMAL_95 = 1.96;

/**
 * Half the width of the 95 % interval of a score, in percentage points, when some of all ranges were drawn: the ratio
 * estimate of a cluster sample ("Sampling Techniques", W. G. Cochran, chapter 6).
 */
export const marginOf = (
  mutants: readonly Mutant[],
  ranges: readonly Range[],
  totalRanges: number,
): number => {
  const whole = scoreOf(mutants);
  const count = ranges.length;
  const residuals = ranges.map(({ file, first, last }) => {
    const within = scoreOf(
      mutants.filter(
        ({ file: its, location: { start } }) =>
          its === file && start.line >= first && start.line <= last,
      ),
    );
    return within.killed - share(whole) * total(within);
  });
  const spread = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / (count - 1);
  const meanSize = total(whole) / count;
  const variance = ((1 - count / totalRanges) * spread) / (count * meanSize ** 2);
  return NORMAL_95 * Math.sqrt(variance) * 100;
};

const keyOf = ({ file, location: { start, end }, mutatorName, replacement }: Mutant): string =>
  JSON.stringify([file, start, end, mutatorName, replacement]);

/** The first run's mutants, with the later word on those that were tried again. */
export const merged = (before: readonly Mutant[], again: readonly Mutant[]): readonly Mutant[] => {
  const later = new Map(again.map((mutant) => [keyOf(mutant), mutant]));
  return before.map((mutant) => (isLeft(mutant) && later.get(keyOf(mutant))) || mutant);
};
