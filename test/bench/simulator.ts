import { REQUEST_BUCKETS } from '#core/ec2/request-budget.ts';
import { createScenario } from '#test/support/scenario.ts';

const NODES = 1000;
const INTERFACES_A_NODE = 2;
const SHARE = 0.5;
const BURST_SHARE = 0.8;

/** Least seconds in which so many calls of an action fit the configured part of AWS's bucket. */
const boundSeconds = (action: string, calls: number): number => {
  const bucket = REQUEST_BUCKETS[action];
  if (bucket === undefined) throw new Error(`no bucket is known for ${action}`);
  return (calls - BURST_SHARE * bucket.size) / (SHARE * bucket.refillPerSecond);
};

/** Most calls of an action in any second, and whether the budget ever allowed more. */
const peakCalls = (times: readonly number[]): number =>
  times.reduce((peak, start, index) => {
    let end = index;
    while (end < times.length && (times[end] ?? 0) < start + 1000) end += 1;
    return Math.max(peak, end - index);
  }, 0);

const setUp = async () => {
  const scenario = createScenario({
    ec2: { hasRequestBuckets: true, latencyMs: 100 },
    installation: { workers: 2, budget: { share: SHARE, burstShare: BURST_SHARE } },
  });
  const { fleet } = scenario.ec2;
  const wide = (cidr: string) =>
    fleet.createSubnet({ vpcId: scenario.vpcId, zone: 'us-east-1a', cidr });
  const subnetId = wide('10.64.0.0/20');
  const subnetIDs = [wide('10.65.0.0/20'), wide('10.66.0.0/20')];
  for (let count = 0; count < NODES; count += 1) await scenario.addNode({ subnetId });
  return { ...scenario, subnetIDs };
};

/**
 * A fleet of 1,000 nodes with two ENIs each against AWS's published request buckets, in virtual time. Prints how long it
 * took beside the least time the configured budget allows, and the calls made.
 */
export const benchSimulator = async (): Promise<void> => {
  const startedAt = performance.now();
  const scenario = await setUp();
  const wanted = NODES * INTERFACES_A_NODE;
  const begin = scenario.clock.now().getTime();
  await scenario.applyNodeEni('data', { subnetIDs: scenario.subnetIDs });
  const isDone = (): boolean => {
    const ours = scenario.ours();
    return (
      ours.length === wanted &&
      ours.every(({ attachment }) => attachment?.deleteOnTermination === true)
    );
  };
  const hasConverged = await scenario.clock.runUntilTrue(isDone, 3_600_000);
  const seconds = (scenario.clock.now().getTime() - begin) / 1000;
  await scenario.pass(120);

  const { calls } = scenario.ec2.wire.log;
  const bound = Math.max(
    ...['CreateNetworkInterface', 'AttachNetworkInterface', 'ModifyNetworkInterfaceAttribute'].map(
      (action) => boundSeconds(action, wanted),
    ),
  );
  const refused = calls.filter(({ errorCode }) => errorCode === 'RequestLimitExceeded').length;
  const byAction = Map.groupBy(calls, ({ action }) => action);
  process.stdout.write(
    `\n### ${NODES} nodes × ${INTERFACES_A_NODE} ENIs on the simulator, AWS's buckets, virtual time\n\n`,
  );
  process.stdout.write(`| figure | value |\n| --- | --- |\n`);
  const rows: readonly (readonly [string, string])[] = [
    ['converged', hasConverged ? 'yes' : 'NO'],
    ['seconds to converge', seconds.toFixed(1)],
    ['least seconds the budget allows', bound.toFixed(1)],
    ['ratio (goal ≤ 1.1)', (seconds / bound).toFixed(3)],
    ['status', (await scenario.status('data')).summary ?? ''],
    ['refused by EC2 (RequestLimitExceeded)', `${refused}`],
    ...[...byAction].map(
      ([action, list]) =>
        [
          action,
          `${list.length} calls, at most ${peakCalls(list.map(({ at }) => at.getTime()))} in a second`,
        ] as const,
    ),
    ['wall time', `${((performance.now() - startedAt) / 1000).toFixed(1)} s`],
  ];
  for (const [name, value] of rows) process.stdout.write(`| ${name} | ${value} |\n`);
  if (!hasConverged) process.exitCode = 1;
};
