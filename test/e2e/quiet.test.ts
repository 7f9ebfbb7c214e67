import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { productCalls } from './ec2-observer.ts';
import { sendHeartbeats } from './heartbeats.ts';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor } from './manifests.ts';
import { untilReady } from './outcomes.ts';
import { openScene, type Scene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
let scene: Scene;

beforeAll(async () => {
  stage = await joinStage();
  scene = await openScene(stage, { size: 5, zones: ['us-east-1a'] });
  await scene.startLocal({ sweepInterval: '5m' });
  await apply(scene, manifestFor(scene.fleet));
  await untilReady(scene, 5);
  // The echo of the last status write may still be on its way through the watch.
  await sleep(2_000);
});

afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
  await stage?.stop();
});

beforeEach(() => scene.proxy.reset());

describe('a settled cluster', () => {
  it('costs no EC2 call for 20 seconds', async () => {
    await sleep(20_000);

    expect(productCalls(scene.proxy)).toEqual([]);
  });

  it('costs no EC2 call for 100 node heartbeats', async () => {
    await sendHeartbeats(scene.client, scene.fleet.nodes, 100);
    await sleep(4_000);

    expect(productCalls(scene.proxy)).toEqual([]);
  });

  it('still answers a change of a label with calls', async () => {
    await stage.kubectl(['label', 'node', scene.fleet.nodes[0]?.name ?? '', 'ng-']);
    await untilReady(scene, 4);

    expect(productCalls(scene.proxy)).not.toEqual([]);
  });
});
