import { peakInSecond } from '#cli/simulate/measures.ts';
import { runAgainstBuckets } from '#test/support/budget-run.ts';
import { describeMachine } from './machine.ts';
import { markdownTable } from './markdown-table.ts';

const FLEET = { nodes: 1000, interfacesANode: 2, share: 0.5, burstShare: 0.8 };

/**
 * Builds 1,000 nodes × 2 interfaces on the simulator against AWS's published buckets, in virtual time. Prints the
 * seconds beside the least the budget allows. Out: false when the fleet did not converge.
 */
export const benchSimulator = async (): Promise<boolean> => {
  const startedAt = performance.now();
  const { nodes, interfacesANode, share, burstShare } = FLEET;
  const run = await runAgainstBuckets(FLEET);
  const wallSeconds = (performance.now() - startedAt) / 1000;

  const perAction = [...Map.groupBy(run.calls, ({ action }) => action)].map(([action, calls]) => {
    const peak = peakInSecond(calls.map(({ at }) => at.getTime()));
    return [`calls of ${action}`, `${calls.length}, at most ${peak} in a second`, ''];
  });
  const rows = [
    ['seconds until all are attached', run.seconds.toFixed(1), ''],
    ['least seconds the budget allows', run.leastSeconds.toFixed(1), ''],
    ['ratio', (run.seconds / run.leastSeconds).toFixed(3), '≤ 1.1'],
    ['interfaces ready', run.summary, `${nodes * interfacesANode}/${nodes * interfacesANode}`],
    ['calls EC2 refused', String(run.refused), '0'],
    ...perAction,
    ['seconds of wall time', wallSeconds.toFixed(1), ''],
  ];
  const title = `${nodes} nodes × ${interfacesANode} interfaces on the simulator in virtual time, AWS's request buckets, 0.1 s a call, budget ${share} of the refill and ${burstShare} of the burst`;
  process.stdout.write(
    `\n${title}\n${describeMachine()}\n\n${markdownTable(['figure', 'measured', 'goal'], rows)}\n`,
  );
  return run.hasConverged;
};
