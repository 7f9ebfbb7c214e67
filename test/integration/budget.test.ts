import { expect, it } from 'vitest';
import { runAgainstBuckets } from '#test/support/budget-run.ts';

it('A fleet converges within 1.1 times the bound of its budget, and EC2 refuses nothing', async () => {
  const run = await runAgainstBuckets({
    nodes: 300,
    interfacesANode: 2,
    share: 0.5,
    burstShare: 0.8,
  });

  expect(run).toMatchObject({ hasConverged: true, refused: 0, summary: '600/600' });
  expect(run.seconds / run.leastSeconds).toBeLessThanOrEqual(1.1);
});
