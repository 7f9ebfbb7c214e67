import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMutating, productCalls } from '#test/e2e/ec2-observer.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { churn } from '#test/support/node/pod-churn.ts';
import { openPodCluster, type PodCluster } from '#test/support/node/pod-cluster.ts';
import type { AwsCall } from '#test/support/servers/aws-call-log.ts';

/** Ten minutes with `CHURN_SECONDS=600`; the machine of CI has not the time. */
const SECONDS = Number(process.env.CHURN_SECONDS ?? 60);
/** A thousand with `POD_STARTS=1000`. */
const STARTS = Number(process.env.POD_STARTS ?? 40);
const ADDRESSES = 40;
const MINUTE_MS = 60_000;
const QUIET_MS = 10_000;
const FOLLOW_UP_MS = 65_000;
/** The tag by which the Go controller's interfaces are found. */
const GO_CONTROLLERS = 'tag:kubernetes.io/cluster/managed-by';

/** mulberry32: the seed is printed, and plays the same again as far as a machine lets it. */
const createRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const tell = (line: string): void => {
  process.stderr.write(`node: ${line}\n`);
};

describe('pods on two nodes', () => {
  let cluster: PodCluster;

  beforeAll(async () => {
    process.setMaxListeners(1000);
    cluster = await openPodCluster(2, ADDRESSES);
  }, 5 * MINUTE_MS);
  afterAll(() => cluster?.close(), MINUTE_MS);

  const untilReady = (): Promise<void> =>
    eventually(async () => {
      for (const node of cluster.nodes)
        expect(await node.network()).toMatchObject({ state: 'Ready', addresses: ADDRESSES });
    });

  /** Until the launch itself is done. */
  const untilQuiet = async (): Promise<void> => {
    const { proxy } = cluster.scene;
    for (let seen = -1; seen !== productCalls(proxy).length; await sleep(QUIET_MS))
      seen = productCalls(proxy).length;
  };

  /**
   * Until the controller has done what follows a launch: a roll-up a minute later looks whether somebody has not been reconciled
   * (EXPLAIN_SECONDS, roll-up/plan.ts), and lists what the Go controller may have left. Out: the calls of this, while no pod had
   * started.
   */
  const untilFollowedUp = async (): Promise<readonly AwsCall[]> => {
    await untilQuiet();
    const { proxy } = cluster.scene;
    const launchedAt = productCalls(proxy).findLast(isMutating)?.at ?? 0;
    const before = productCalls(proxy).length;
    await sleep(Math.max(0, launchedAt + FOLLOW_UP_MS - Date.now()));
    return productCalls(proxy).slice(before);
  };

  it(
    'cost no call of EC2, however many start',
    async () => {
      const agents = cluster.nodes.map((node) => node.startAgent());
      await untilReady();
      const followUps = await untilFollowedUp();
      const before = productCalls(cluster.scene.proxy).length;
      const begun = performance.now();

      const perNode = cluster.nodes.map(async ({ runtime }) => {
        for (let started = 0; started < STARTS / 2; ) {
          // As the kubelet does, where a busy machine keeps the API server from answering in time.
          const pod = await runtime.start('data').catch(() => undefined);
          await pod?.stop();
          started += Number(pod !== undefined);
        }
      });
      await Promise.all(perNode);

      await sleep(2000);
      const after = productCalls(cluster.scene.proxy).slice(before);
      const seconds = Math.round((performance.now() - begun) / 1000);
      tell(`${STARTS} pods started and ended in ${seconds} s: ${after.length} calls of EC2`);
      for (const agent of agents) agent.signal('SIGKILL');
      expect(after.map(({ action }) => action)).toEqual([]);
      expect(followUps.map(({ params }) => params.get('Filter.1.Name'))).toEqual([GO_CONTROLLERS]);
    },
    5 * MINUTE_MS + STARTS * 5000,
  );

  it(
    'have addresses that EC2 shows on the ENI of their node, no two the same, and leave none behind',
    async () => {
      const seed = Date.now() % 1_000_000;
      tell(`${SECONDS} s of coming and going pods, seed ${seed}`);

      const { faults, ...counts } = await churn({
        ...{ nodes: cluster.nodes, seconds: SECONDS, mostPods: ADDRESSES },
        random: createRandom(seed),
      });

      tell(JSON.stringify(counts));
      expect(faults).toEqual([]);
      expect(counts.starts).toBeGreaterThan(SECONDS / 10);
      for (const { reserved } of cluster.nodes) expect(reserved()).toEqual([]);
      await untilReady();
    },
    SECONDS * 1000 + 5 * MINUTE_MS,
  );
});
