import { expect, it } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { followLinks } from '#test/support/node/link-times.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createStage } from '#test/support/node/stage.ts';

const ATTACHES = 40;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

it('measures how long a link takes from its appearance until it is as asked', async () => {
  const { host, ask, reported, startAgent } = await createStage();
  const numbers = Array.from({ length: ATTACHES }, (_, at) => at + 1);
  await ask(Object.fromEntries(numbers.map((number) => [slotOf(number), rowOf(number)])));
  const times = followLinks(host.namespace, 9001);
  startAgent();
  await eventually(async () => expect(Object.keys(await reported())).toHaveLength(ATTACHES));

  for (const number of numbers) {
    await host.attach(attachmentOf(number, `ens${number}`));
    await eventually(async () => expect(times.milliseconds(`ens${number}`)).toBeDefined());
  }

  const took = numbers
    .map((number) => times.milliseconds(`ens${number}`) ?? Number.NaN)
    .toSorted((left, right) => left - right);
  const [half, most] = [quantile(took, 0.5), quantile(took, 0.95)];
  process.stdout.write(
    `link seen → as asked: p50 ${half.toFixed(0)} ms, p95 ${most.toFixed(0)} ms (${took.length} attaches)\n`,
  );
  expect(took).toHaveLength(ATTACHES);
  expect(took.every((milliseconds) => milliseconds > 0)).toBe(true);
});
