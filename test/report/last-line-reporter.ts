import type { Reporter } from 'vitest/node';
import { countRun, lastLineOf } from './counts.ts';

/** Ends a run in one line that people and programs can rely on: `12 passed, 0 failed`. */
export const lastLineReporter: Reporter = {
  onTestRunEnd: (modules, unhandledErrors) => {
    const counts = countRun(modules, unhandledErrors.length);
    const skipped = counts.skipped > 0 ? `${counts.skipped} skipped\n` : '';
    // Vitest has said all it has to say only when the process ends.
    process.once('exit', () => process.stdout.write(`${skipped}${lastLineOf(counts)}\n`));
  },
};
