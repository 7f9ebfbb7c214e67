import { bundleGoalOf, bundleSizeOf } from '#test/support/infra/bundle-size.ts';
import { INSTALLATIONS } from '#test/support/infra/installations.ts';
import { startBundle } from '#test/support/infra/start-bundle.ts';
import { synthesise } from '#test/support/infra/synthesise.ts';
import { FUNCTION_SETTINGS, type FunctionName } from '../../stacks/function-settings.ts';
import { describeMachine } from './machine.ts';
import { markdownTable } from './markdown-table.ts';

const STARTS = 10;

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(0);

/**
 * What each function's bundle holds, and the time its modules take to load in a new process, the median of ten. Out: false
 * when one misses its goal.
 */
export const benchBundles = async (): Promise<boolean> => {
  const synthesis = await synthesise(INSTALLATIONS.usual);
  const rows: string[][] = [];
  for (const name of Object.keys(FUNCTION_SETTINGS) as FunctionName[]) {
    const { allBytes, initMilliseconds } = bundleGoalOf(name);
    const { atStart, inAll } = bundleSizeOf(name);
    const { milliseconds } = await startBundle(synthesis, name, STARTS);
    const isGood = inAll <= allBytes && milliseconds <= initMilliseconds;
    rows.push([
      name,
      kilobytes(atStart),
      kilobytes(inAll),
      String(milliseconds),
      `≤ ${kilobytes(allBytes)} kB, ≤ ${initMilliseconds} ms`,
      isGood ? 'ok' : 'not ok',
    ]);
  }
  const heading = ['function', 'kB at start', 'kB in all', 'init, ms', 'goal', ''];
  process.stdout.write(
    `\nBundles of the functions, init as the median of ${STARTS} new processes\n${describeMachine()}\n\n${markdownTable(heading, rows)}\n`,
  );
  return rows.every((row) => row.at(-1) === 'ok');
};
