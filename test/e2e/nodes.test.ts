import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyNodes } from '#test/support/servers/fleet-nodes.ts';
import { productCalls } from './ec2-observer.ts';
import { joinStage } from './join-stage.ts';
import { NODES_PATH } from './kube-client.ts';
import { apply, manifestFor } from './manifests.ts';
import {
  attachmentsOf,
  conditionOf,
  eventually,
  remove,
  untilGone,
  untilReady,
} from './outcomes.ts';
import { openScene, type Scene } from './scene.ts';
import type { Stage } from './stage.ts';

const LABELS = { ng: 'multi-eni' };

/** One on a machine that does nothing else; a Node that is missed waits for the sweep, an hour here. */
const AT_ONCE_SECONDS = 3;

/** That, or as much longer as this machine has more to do than it can. */
const mostSeconds = (): number =>
  AT_ONCE_SECONDS * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

let stage: Stage;
let scene: Scene;

beforeAll(async () => {
  stage = await joinStage();
});

afterEach(async () => {
  await scene?.[Symbol.asyncDispose]();
});

afterAll(async () => {
  await stage?.stop();
});

/** A fleet whose nodes bear names of their own, and the product beside it, which sweeps once at its start. */
const openNamedScene = async (size: number): Promise<void> => {
  const nodeName = (number: number) => `worker-${number}.example.org`;
  scene = await openScene(stage, { size, zones: ['us-east-1a'], nodeName });
  await scene.startLocal({ sweepInterval: '1h' });
};

const secondsUntil = async (done: () => Promise<unknown>): Promise<number> => {
  const beganAt = Date.now();
  await done();
  return (Date.now() - beganAt) / 1000;
};

describe('nodes with names of their own', () => {
  it('have the interfaces of one NodeENI after the other at once, without a sweep', async () => {
    await openNamedScene(5);

    const seconds: number[] = [];
    for (const [index, name] of ['one', 'two', 'three'].entries()) {
      await apply(scene, manifestFor(scene.fleet, { deviceIndex: 2 + index }, name));
      seconds.push(await secondsUntil(() => untilReady(scene, 5, name)));
    }

    expect(seconds.filter((each) => each >= mostSeconds())).toEqual([]);
  });

  it('have them as they register, one after the other', async () => {
    await openNamedScene(1);
    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 1);

    const seconds: number[] = [];
    for (const count of [2, 3, 4]) {
      await scene.fleet.addNodes(1, LABELS);
      seconds.push(await secondsUntil(() => untilReady(scene, count)));
    }

    expect(seconds.filter((each) => each >= mostSeconds())).toEqual([]);
  });
});

describe('a Node that is gone for half a minute while its instance runs', () => {
  it('is told of, and has the same interface when it is back', async () => {
    await openNamedScene(2);
    await apply(scene, manifestFor(scene.fleet));
    const before = attachmentsOf(await untilReady(scene, 2)).map(({ eniID }) => eniID);
    const [node] = scene.fleet.nodes;
    if (node === undefined) throw new Error('The fleet is empty.');
    scene.proxy.reset();

    await scene.client.call('DELETE', `${NODES_PATH}/${node.name}`);
    const told = await eventually(async () => {
      const nodeEni = await scene.client.nodeEni('data');
      expect(conditionOf(nodeEni)).toMatchObject({ status: 'False', reason: 'NodeMissing' });
      return attachmentsOf(nodeEni).find(({ nodeID }) => nodeID === node.name);
    });
    await sleep(30_000);
    await applyNodes(stage.kubectl, [node], LABELS);
    const after = attachmentsOf(await untilReady(scene, 2)).map(({ eniID }) => eniID);

    expect(told).toMatchObject({ status: 'attached', reason: 'NodeMissing' });
    expect(after.toSorted()).toEqual(before.toSorted());
    expect(
      productCalls(scene.proxy).filter(({ action }) => !action.startsWith('Describe')),
    ).toEqual([]);
  });

  it('leaves nothing when the NodeENI is deleted meanwhile', async () => {
    await openNamedScene(1);
    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 1);
    await scene.client.call('DELETE', `${NODES_PATH}/${scene.fleet.nodes[0]?.name}`);

    await remove(scene);
    await untilGone(scene);

    expect(await scene.interfaces()).toEqual([]);
  });
});

it('who wrote an object is in its managed fields', async () => {
  await openNamedScene(1);
  await apply(scene, manifestFor(scene.fleet));
  await untilReady(scene, 1);

  const nodeEni = await scene.client.nodeEni('data');
  const [state] = await scene.client.states();
  const managersOf = (object: object | undefined): string[] =>
    (object as { metadata: { managedFields: { manager: string }[] } }).metadata.managedFields.map(
      ({ manager }) => manager,
    );

  expect(managersOf(nodeEni)).toContain('nodeeni');
  expect(new Set(managersOf(state))).toEqual(new Set(['nodeeni']));
});
