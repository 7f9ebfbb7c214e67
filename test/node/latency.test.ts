import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createStage } from '#test/support/node/stage.ts';

const ATTACHES = 40;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

it('tells how long a link takes from its appearance until it is as asked', async () => {
  const { host, ask, told, startAgent } = await createStage();
  const numbers = Array.from({ length: ATTACHES }, (_, at) => at + 1);
  await ask(Object.fromEntries(numbers.map((number) => [slotOf(number), rowOf(number)])));
  const seen = new Map<string, { readonly at: number; readonly done?: number }>();
  const { stdout } = host.namespace.start(['ip', '-o', 'monitor', 'link']);
  createInterface({ input: stdout }).on('line', (line) => {
    const name = /\bens\d+\b/.exec(line)?.[0];
    if (name === undefined) return;
    const link = seen.get(name) ?? { at: performance.now() };
    const isAsAsked = /[<,]UP[,>]/.test(line) && line.includes('mtu 9001');
    seen.set(
      name,
      isAsAsked && link.done === undefined ? { ...link, done: performance.now() } : link,
    );
  });
  startAgent();
  await eventually(async () => expect(Object.keys(await told())).toHaveLength(ATTACHES));

  for (const number of numbers) {
    await host.attach(attachmentOf(number, `ens${number}`));
    await eventually(async () => expect(seen.get(`ens${number}`)?.done).toBeDefined());
  }

  const took = [...seen.values()]
    .map(({ at, done = Number.NaN }) => done - at)
    .toSorted((left, right) => left - right);
  const [half, most] = [quantile(took, 0.5), quantile(took, 0.95)];
  process.stdout.write(
    `link seen → as asked: p50 ${half.toFixed(0)} ms, p95 ${most.toFixed(0)} ms (${took.length} attaches)\n`,
  );
  expect(took).toHaveLength(ATTACHES);
  expect(took.every((milliseconds) => milliseconds > 0)).toBe(true);
});
