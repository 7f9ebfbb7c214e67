import { parseArgs } from 'node:util';
import { tryOut } from './try-out.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    first: { type: 'boolean', default: false },
  },
});
const count = Number(values.seeds);
const from = Number(values.from);
if (!(count > 0 && Number.isInteger(count + from))) {
  process.stderr.write('npm run campaign -- [--seeds 100] [--from 1] [--first]\n');
  process.exit(2);
}

const PROGRESS_EVERY = 500;

let failed = 0;
const startedAt = performance.now();
for (let index = 0; index < count; index += 1) {
  if (index > 0 && index % PROGRESS_EVERY === 0) process.stderr.write(`${index} of ${count}\n`);
  const failure = await tryOut(from + index);
  if (failure === undefined) continue;
  failed += 1;
  process.stdout.write(`${failure}\n\n`);
  if (values.first) process.exit(1);
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
process.stdout.write(`seeds ${from} to ${from + count - 1} in ${seconds} s\n`);
process.stdout.write(`${count - failed} passed, ${failed} failed\n`);
process.exit(failed > 0 ? 1 : 0);
