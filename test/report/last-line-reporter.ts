import { writeSync } from 'node:fs';
import type { Reporter } from 'vitest/node';
import { countRun, lastLineOf } from './counts.ts';

const STDOUT = 1;

/** Ends a run in one line that people and programs can rely on: `12 passed, 0 failed`. */
export const lastLineReporter: Reporter = {
  onTestRunEnd: (modules, unhandledErrors) => {
    const counts = countRun(modules, unhandledErrors.length);
    const skipped = counts.skipped > 0 ? `${counts.skipped} skipped\n` : '';
    // Synchronous, because vitest may end the process before a stream is written out.
    process.once('exit', () => writeSync(STDOUT, `${skipped}${lastLineOf(counts)}\n`));
  },
};
