import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Played, Share } from './worker.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    first: { type: 'boolean', default: false },
    whole: { type: 'boolean', default: false },
  },
});
const count = Number(values.seeds);
const from = Number(values.from);
if (!(count > 0 && Number.isInteger(count + from))) {
  process.stderr.write('npm run campaign -- [--seeds 100] [--from 1] [--first] [--whole]\n');
  process.exit(2);
}

const PROGRESS_EVERY = 500;
/** The first seed that fails is the first only where they are played one after the other. */
const workers = values.first ? 1 : Math.min(count, availableParallelism());

let played = 0;
let failed = 0;
const { promise: allPlayed, resolve: endOfAll } = Promise.withResolvers<void>();
const take = ({ failure }: Played): void => {
  played += 1;
  if (played < count && played % PROGRESS_EVERY === 0)
    process.stderr.write(`${played} of ${count}\n`);
  if (failure !== undefined) {
    failed += 1;
    process.stdout.write(`${failure}\n\n`);
    if (values.first) process.exit(1);
  }
  if (played === count) endOfAll();
};

const startedAt = performance.now();
const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const share: Share = { from, count, taken, isWhole: values.whole };
const ended = Array.from({ length: workers }, () => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: share });
  return once(worker.on('message', take), 'exit');
});
// Functions that a history killed hold timers of a minute, for which nobody waits.
await Promise.race([allPlayed, Promise.all(ended)]);
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
// A worker that ends of itself has left its share undone.
const undone = count - played;
process.stdout.write(`seeds ${from} to ${from + count - 1} in ${seconds} s\n`);
process.stdout.write(`${played - failed} passed, ${failed + undone} failed\n`);
process.exit(failed + undone > 0 ? 1 : 0);
