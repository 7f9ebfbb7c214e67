import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LONGEST_LINEAGE } from '#simulator/lambda/lineage.ts';
import { FUNCTION_SETTINGS, type FunctionName } from '#stacks/function-settings.ts';
import { functionOf, mayLoop } from '#test/support/deployed/functions.ts';
import { type QueueCounts, viewQueue } from '#test/support/deployed/queue-view.ts';
import { lastResultOf } from '#test/support/deployed/triggers.ts';
import { seedFor } from '../manifests.ts';
import { eventually } from '../outcomes.ts';
import { elsewhere, isLetThrough, launch, tell } from './launch.ts';
import { lineageOf } from './lineage.ts';
import {
  apply,
  kubectl,
  madeFor,
  nodeEniFor,
  onePerInstance,
  untilReady,
  untilReason,
} from './outcomes.ts';
import { refuseRecord } from './refused-record.ts';
import { type DeployedStage, startDeployedStage } from './stage.ts';

/** Longer than the six minutes for which a message of the workers is hidden. */
const UNTIL_VISIBLE_SECONDS = 361;

/** A chain of calls is some eighty seconds long on a quiet machine. */
const PATIENCE_MS = 180_000;
vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

let stage: DeployedStage;

beforeAll(async () => {
  stage = await startDeployedStage();
});

afterAll(() => stage?.stop());

const letTimePass = (): Promise<void> => stage.ministack.putForward(UNTIL_VISIBLE_SECONDS);

/** Tries an assertion until it holds, while hours go by in the emulator. */
const inTheEnd = <T>(assertion: () => Promise<T>): Promise<T> =>
  vi.waitFor(
    async () => {
      await letTimePass();
      return assertion();
    },
    { timeout: PATIENCE_MS, interval: 1_500 },
  );

describe('kubectl apply', () => {
  it('ends in attached interfaces, and kubectl delete in none', async () => {
    const nodes = await stage.fleet.addNodes(2, { ng: 'multi-eni' });

    await apply(stage, seedFor('multus-eni-config.yaml', stage.fleet));
    await untilReady(stage, 'multus-eni-config', 2);
    const made = await madeFor(stage, 'multus-eni-config');
    await kubectl(stage, ['delete', 'nodeeni', 'multus-eni-config', '--timeout=25s']);

    expect(made).toEqual(onePerInstance(nodes));
    expect(await madeFor(stage, 'multus-eni-config')).toEqual([]);
    expect(await stage.client.nodeEni('multus-eni-config')).toBeUndefined();
    expect(new Set(stage.deployment.relayDoor.statuses)).toEqual(new Set([200]));
  });
});

describe('an event of a launch', () => {
  it('ends in a completed hook, and one of another cluster wakes nobody', async () => {
    await apply(stage, nodeEniFor(stage, 'launched'));
    await untilReason(stage, 'launched', 'NoMatchingNodes');
    const { node, detail } = await launch(stage, 'launched');
    const foreign = elsewhere(detail);
    const isOurs = await isLetThrough(stage, detail);
    const isForeign = await isLetThrough(stage, foreign);

    await tell(stage, foreign);
    await tell(stage, detail);
    await eventually(async () => expect(stage.proxy.completions).toHaveLength(1));

    expect({ isOurs, isForeign }).toEqual({ isOurs: true, isForeign: false });
    expect(stage.proxy.completions).toEqual([
      expect.objectContaining({ instanceId: node.instanceId, result: 'CONTINUE' }),
    ]);
    expect(await madeFor(stage, 'launched')).toEqual(onePerInstance([node]));
    const hints = stage.deployment.queueDoor.admitted.join('\n');
    expect(hints).toContain(node.instanceId);
    expect(hints).not.toContain(foreign.EC2InstanceId);
  });
});

describe('a message that fails each time', () => {
  it('ends in the dead-letter queue, and the rest go on', async () => {
    const { deployment } = stage;
    const deadLetters = viewQueue(deployment, 'WorkDlq');
    const [poisoned, ...rest] = await stage.fleet.addNodes(2, { ng: 'poisoned' });
    const instanceId = poisoned?.instanceId ?? '';
    // Its record cannot be stored, so it is to be looked at again; and that cannot be asked for.
    await using _record = await refuseRecord(stage, instanceId);
    using _look = deployment.queueDoor.refuse(viewQueue(deployment, 'Delay').name, instanceId);

    await apply(stage, nodeEniFor(stage, 'poisoned'));
    await letTimePass();
    await eventually(async () =>
      expect(await madeFor(stage, 'poisoned')).toEqual(onePerInstance(rest)),
    );
    const [dead] = await inTheEnd(async () => {
      const messages = await deadLetters.look();
      expect(messages).not.toEqual([]);
      return messages;
    });

    expect(dead?.Body).toBe(JSON.stringify({ kind: 'instance', instanceId }));
    // Five times by the function, and once by this test.
    expect(dead?.Attributes?.ApproximateReceiveCount).toBe('6');
  });
});

const EMPTY = { visible: 0, inFlight: 0, delayed: 0 };

/** A sweep would find what a lost message was about. */
const withoutSweeps = async (): Promise<AsyncDisposable> => {
  const { eventBridge } = stage.deployment;
  const rule = { Name: 'SweepSchedule' };
  await eventBridge.send(new DisableRuleCommand(rule));
  return {
    [Symbol.asyncDispose]: async () => {
      await eventBridge.send(new EnableRuleCommand(rule));
    },
  };
};

describe('a launch that waits', () => {
  it('is a longer chain of calls than Lambda lets through, of functions that are told that it is meant', async () => {
    const { deployment } = stage;
    const { lambda, synthesis, queueDoor } = deployment;
    await using _sweeps = await withoutSweeps();
    const [group = ''] = stage.fleet.groups.map(({ id }) => id).slice(-1);
    await apply(stage, nodeEniFor(stage, 'waiting').replace(group, 'sg-0123456789abcdef0'));
    const { node, detail } = await launch(stage, 'waiting');

    await tell(stage, detail);
    await inTheEnd(async () =>
      expect(lineageOf(queueDoor.admitted, node.instanceId)).toBeGreaterThan(LONGEST_LINEAGE),
    );

    const names = Object.keys(FUNCTION_SETTINGS) as FunctionName[];
    const allowed = await Promise.all(
      names.map(async (name) =>
        (await mayLoop(lambda, functionOf(synthesis, name).name)) ? [name] : [],
      ),
    );
    expect(allowed.flat().toSorted()).toEqual(['reconcile', 'requeue', 'roll-up']);
    await kubectl(stage, ['delete', 'nodeeni', 'waiting', '--timeout=25s']);
  });
});

const NODES_OF_A_BATCH = 6;

describe('a worker that is killed in the middle of a batch', () => {
  it('loses no message, and no interface is made twice', async () => {
    const { deployment, ministack, proxy } = stage;
    const work = viewQueue(deployment, 'Work');
    const { name: worker } = functionOf(deployment.synthesis, 'reconcile');
    await using _sweeps = await withoutSweeps();
    await inTheEnd(async () => expect(await work.counts()).toEqual(EMPTY));
    // The first may be taken alone; the others wait for it, and are taken together.
    const nodes = await stage.fleet.addNodes(NODES_OF_A_BATCH, { ng: 'killed' });
    proxy.reset();
    const killed = new Promise<QueueCounts>((done) => {
      const unsubscribe = proxy.onCall(async ({ action }, status) => {
        if (action !== 'CreateNetworkInterface' || status !== 200) return;
        const counts = await work.counts();
        if (counts.inFlight < 2) return;
        unsubscribe();
        for (const pid of await ministack.environmentsOf(worker)) process.kill(pid, 'SIGKILL');
        done(counts);
      });
    });

    await apply(stage, nodeEniFor(stage, 'killed'));
    await letTimePass();
    const batch = await killed;
    await eventually(async () =>
      expect(await lastResultOf(deployment.lambda, worker)).toBe('FAILED'),
    );
    const left = await work.counts();
    await letTimePass();
    await untilReady(stage, 'killed', NODES_OF_A_BATCH);

    expect(batch.inFlight).toBeGreaterThanOrEqual(2);
    expect(left.inFlight).toBe(batch.inFlight);
    expect(await madeFor(stage, 'killed')).toEqual(onePerInstance(nodes));
  });
});

describe('a change that the webhook did not tell of', () => {
  it('is found by the scheduled sweep', async () => {
    using _door = stage.deployment.relayDoor.shut();
    const nodes = await stage.fleet.addNodes(1, { ng: 'unreported' });

    await apply(stage, nodeEniFor(stage, 'unreported'));
    await inTheEnd(async () =>
      expect(await madeFor(stage, 'unreported')).toEqual(onePerInstance(nodes)),
    );
  });
});
