import { afterAll, beforeAll, expect, it } from 'vitest';
import { runNodeeni } from '#test/support/local-process.ts';
import { isMutating, productCalls } from './ec2-observer.ts';
import { joinStage } from './join-stage.ts';
import { NODE_ENIS_PATH } from './kube-client.ts';
import { apply, manifestFor } from './manifests.ts';
import { untilReady } from './outcomes.ts';
import { openScene } from './scene.ts';
import type { Stage } from './stage.ts';

/** Which cluster and account, and nothing else: no complaint. */
const TARGET = /^cluster {3}\S+\ncontext {3}\S+, https:\S+\nAWS {7}account \d{12}, [^\n]+\n$/;

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

it('uninstall leaves no NodeENI and no interface, and ends with 0', async () => {
  await using scene = await openScene(stage, { size: 3, zones: ['us-east-1a'] });
  await scene.startLocal();
  await apply(scene, manifestFor(scene.fleet));
  await untilReady(scene, 3);
  const before = await scene.interfaces();

  const { code, stdout, stderr } = await runNodeeni(scene.localOptions, 'uninstall', '--yes');

  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(TARGET) });
  expect(stdout).toMatch(/^data: 3 interfaces left\n(.*\n)*Everything is released: 1 NodeENI\.\n$/);
  expect(await scene.client.names(NODE_ENIS_PATH)).toEqual([]);
  expect(before.length - (await scene.interfaces()).length).toBe(3);
});

it('without an installation, uninstall ends with 1 and release --abandon lets go', async () => {
  await using scene = await openScene(stage, { size: 1, zones: ['us-east-1a'] });
  const local = await scene.startLocal();
  await apply(scene, manifestFor(scene.fleet));
  await untilReady(scene, 1);
  await local.stop();
  scene.proxy.reset();

  const given = await runNodeeni(scene.localOptions, 'uninstall', '--timeout=3s', '--yes');
  const abandoned = await runNodeeni(scene.localOptions, 'release', 'data', '--abandon', '--yes');

  expect(given).toMatchObject({ code: 1, stderr: expect.stringMatching(TARGET) });
  expect(given.stdout).toMatch(/\ndata +i-[0-9a-f]+ +eni-[0-9a-f]+ +Attached/);
  expect(abandoned).toMatchObject({ code: 0, stderr: expect.stringMatching(TARGET) });
  expect(abandoned.stdout).toMatch(/\ndata +i-[0-9a-f]+ +eni-[0-9a-f]+ +in-use/);
  expect(await scene.client.names(NODE_ENIS_PATH)).toEqual([]);
  expect(productCalls(scene.proxy).filter(isMutating)).toEqual([]);
});
