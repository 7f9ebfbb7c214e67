import { dirname } from 'node:path';
import { inPercent, isLeft, type Mutant, scoreOf, total } from './score.ts';

const LONGEST_REPLACEMENT = 60;

const row = (name: string, mutants: readonly Mutant[]): string => {
  const score = scoreOf(mutants);
  const cells = [total(score), score.killed, score.survived, score.uncovered];
  return `${name.padEnd(48)}${cells.map((cell) => String(cell).padStart(10)).join('')}${inPercent(score).padStart(10)}`;
};

const HEADER = `${'folder'.padEnd(48)}${['mutants', 'killed', 'survived', 'uncovered', 'score']
  .map((cell) => cell.padStart(10))
  .join('')}`;

/** A line for each folder, and one for all. */
export const tableOf = (mutants: readonly Mutant[]): readonly string[] => {
  const folders = [...new Set(mutants.map(({ file }) => dirname(file)))].toSorted();
  return [
    HEADER,
    ...folders.map((folder) =>
      row(
        folder,
        mutants.filter(({ file }) => dirname(file) === folder),
      ),
    ),
    row('all', mutants),
  ];
};

/** Where each mutant is that no test noticed, and what it writes there. */
export const survivorsOf = (mutants: readonly Mutant[]): readonly string[] =>
  mutants.filter(isLeft).map(({ file, location: { start }, status, mutatorName, replacement }) => {
    const text = (replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, LONGEST_REPLACEMENT);
    return `${file}:${start.line}:${start.column} ${status} ${mutatorName}: ${text}`;
  });
