import { parseArgs } from 'node:util';
import { drawHistory } from './history.ts';
import { play } from './play.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '100' }, from: { type: 'string', default: '1' } },
});
const count = Number(values.seeds);
const from = Number(values.from);

let failed = 0;
const startedAt = performance.now();
for (let seed = from; seed < from + count; seed += 1) {
  const verdict = await play(drawHistory(seed));
  if (verdict === undefined) continue;
  failed += 1;
  process.stdout.write(`seed ${seed} at ${verdict.atSeconds} s: ${verdict.broken.join('; ')}\n`);
}
const seconds = (performance.now() - startedAt) / 1000;
process.stdout.write(`${count - failed} passed, ${failed} failed in ${seconds.toFixed(1)} s\n`);
process.exit(failed > 0 ? 1 : 0);
