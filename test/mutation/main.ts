import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawn, written } from './ranges.ts';
import { inPercent, isLeft, type Mutant, marginOf, merged, scoreOf } from './score.ts';
import { prepare, runStryker } from './stryker.ts';
import { survivorsOf, tableOf } from './table.ts';

/*
 * Changes the sources in small ways, one at a time, and tells which changes no test notices.
 *
 *   node test/mutation/main.ts [paths…] [--sample 40] [--seed 1] [--integration]
 *
 * Paths are files or folders; all of src/core otherwise. With --sample only so many declarations are tried, drawn by the
 * seed, and the score comes with its margin. The unit tests of core run; with --integration what they leave is tried
 * again with the integration tests, which takes some seconds for each mutant.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    integration: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const paths = positionals.length === 0 ? ['src/core'] : positionals;
const files = paths
  .flatMap((path) =>
    statSync(join(root, path)).isDirectory()
      ? globSync(`${path.replace(/\/$/, '')}/**/*.ts`, { cwd: root })
      : [path],
  )
  .toSorted();

const count = values.sample === undefined ? undefined : Number(values.sample);
const seed = Number(values.seed);
if (!(count === undefined || count > 1) || !Number.isInteger(seed) || files.length === 0) {
  process.stderr.write(
    'node test/mutation/main.ts [paths…] [--sample 40] [--seed 1] [--integration]\n',
  );
  process.exit(2);
}

const copy = prepare(root);
const sample = count === undefined ? undefined : drawn(copy, files, { count, seed });
const targets = sample?.ranges.map(written) ?? files;

/** Stryker counts columns from 0 in what it takes, and from 1 in what it tells. */
const placeOf = ({ file, location: { start, end } }: Mutant): string =>
  `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;

const first = runStryker(copy, targets, { withIntegration: false });
const left = first.filter(isLeft).map(placeOf);
const mutants =
  values.integration && left.length > 0
    ? merged(first, runStryker(copy, left, { withIntegration: true }))
    : first;

const lines = [...survivorsOf(mutants), '', ...tableOf(mutants)];
process.stdout.write(`${lines.join('\n')}\n`);
if (sample !== undefined) {
  const margin = marginOf(mutants, sample.ranges, sample.total).toFixed(1);
  process.stdout.write(
    `${sample.ranges.length} of ${sample.total} declarations: ${inPercent(scoreOf(mutants))} ± ${margin} points (95 %)\n`,
  );
}
