import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { productCalls } from './ec2-observer.ts';
import { beatHearts } from './heartbeats.ts';
import { apply, manifestFor } from './manifests.ts';
import { untilReady } from './outcomes.ts';
import { BUILD_MS, type Kube, openScene, type Scene, startKube, TEST_MS } from './scene.ts';

vi.setConfig({ testTimeout: TEST_MS });

let kube: Kube;

beforeAll(async () => {
  kube = await startKube();
}, BUILD_MS);

afterAll(() => kube?.stop());

const openSettledScene = async (): Promise<Scene> => {
  const scene = await openScene(kube, { size: 5, zones: ['us-east-1a'] });
  await scene.startLocal({ sweepInterval: '5m' });
  await apply(scene, manifestFor(scene.fleet));
  await untilReady(scene, 5);
  // The echo of the last status write may still be on its way through the watch.
  await sleep(2_000);
  scene.proxy.reset();
  return scene;
};

describe('a settled cluster', () => {
  it('costs no EC2 call for 20 seconds', async () => {
    await using scene = await openSettledScene();

    await sleep(20_000);

    expect(productCalls(scene.proxy)).toEqual([]);
  });

  it('costs no EC2 call for 100 node heartbeats', async () => {
    await using scene = await openSettledScene();

    await beatHearts(scene.client, scene.fleet.nodes, 100);
    await sleep(4_000);

    expect(productCalls(scene.proxy)).toEqual([]);
  });

  it('still answers a change of a label with calls', async () => {
    await using scene = await openSettledScene();

    await kube.kubectl(['label', 'node', scene.fleet.nodes[0]?.name ?? '', 'ng-']);
    await untilReady(scene, 4);

    expect(productCalls(scene.proxy)).not.toEqual([]);
  });
});
