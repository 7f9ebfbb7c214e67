import { BUILDING_ACTIONS, publishedBucketOf, secondsForCalls } from '#core/ec2/building-pace.ts';
import { createScenario } from './scenario.ts';

export interface BudgetRunOptions {
  readonly nodes: number;
  readonly interfacesANode: number;
  /** Part of AWS's refill that may be used. */
  readonly share: number;
  /** Part of AWS's bucket that a burst may use. */
  readonly burstShare: number;
}

const LIMIT_MS = 2 * 3_600_000;

/** Least seconds in which so many calls of each building action fit the configured part of AWS's buckets. */
const leastSeconds = (calls: number, { share, burstShare }: BudgetRunOptions): number =>
  Math.max(
    ...BUILDING_ACTIONS.map((action) => {
      const { size, refillPerSecond } = publishedBucketOf(action);
      return secondsForCalls(calls, {
        size: burstShare * size,
        refillPerSecond: share * refillPerSecond,
      });
    }),
  );

const setUp = async ({ nodes, interfacesANode, share, burstShare }: BudgetRunOptions) => {
  const scenario = createScenario({
    ec2: { hasRequestBuckets: true, latencyMs: 100 },
    installation: { workers: 2, budget: { share, burstShare } },
  });
  const { fleet } = scenario.ec2;
  const wide = (index: number): string =>
    fleet.createSubnet({
      vpcId: scenario.vpcId,
      zone: 'us-east-1a',
      cidr: `10.${64 + index}.0.0/20`,
    });
  const subnetId = wide(0);
  const subnetIDs = Array.from({ length: interfacesANode }, (_, index) => wide(index + 1));
  for (let count = 0; count < nodes; count += 1) await scenario.addNode({ subnetId });
  return { ...scenario, subnetIDs };
};

/**
 * Gives a fleet its interfaces on the simulator, with AWS's published request buckets, in virtual time. Out: the seconds
 * it took, the least seconds the budget allows, and what EC2 was asked.
 */
export const runAgainstBuckets = async (options: BudgetRunOptions) => {
  const scenario = await setUp(options);
  const { clock, ec2, subnetIDs } = scenario;
  const wanted = options.nodes * options.interfacesANode;
  const isDone = (): boolean => {
    const ours = scenario.ours();
    return (
      ours.length === wanted &&
      ours.every(({ attachment }) => attachment?.deleteOnTermination === true)
    );
  };

  const begin = clock.now().getTime();
  await scenario.applyNodeEni('data', { subnetIDs });
  const hasConverged = await clock.runUntilTrue(isDone, LIMIT_MS);
  const seconds = (clock.now().getTime() - begin) / 1000;
  await scenario.pass(120);

  return {
    hasConverged,
    seconds,
    leastSeconds: leastSeconds(wanted, options),
    summary: (await scenario.status('data')).summary ?? '',
    calls: ec2.wire.log.calls,
    refused: ec2.wire.log.calls.filter(({ errorCode }) => errorCode === 'RequestLimitExceeded')
      .length,
  };
};
