import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedFor } from '../manifests.ts';
import { untilReady } from '../outcomes.ts';
import { openScene } from '../scene.ts';
import { type Stage, startStage } from '../stage.ts';
import { openGuide } from './run-guide.ts';

const MINUTE_MS = 60_000;

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});

afterAll(() => stage?.stop());

it(
  'the guide of the installation leads to a NodeENI that is ready',
  async () => {
    await using scene = await openScene(stage, {
      size: 1,
      zones: ['us-east-1a'],
      cluster: 'production',
      labels: {},
      nodeName: () => 'ip-10-0-1-23.ec2.internal',
    });
    const guide = await openGuide('install-on-eks', {
      kubeconfigFile: stage.kubeconfigFile,
      awsUrl: scene.proxy.url,
      env: { WEBHOOK_URL: 'https://relay.example.com/0123456789abcdef' },
    });
    // "With your subnets and group in it."
    await rm(join(guide.path, 'examples'));
    await mkdir(join(guide.path, 'examples'));
    await writeFile(
      join(guide.path, 'examples', 'basic.yaml'),
      seedFor('multus-eni-config.yaml', scene.fleet),
    );

    await guide.follow('who-deploys');
    await guide.follow('3-deploy');
    await guide.follow('4-see-that-the-agent-runs');
    await scene.startLocal();
    await guide.follow('5-the-first-nodeeni');
    await untilReady(scene, 1, 'multus-eni-config');
    const [list, states, , plan] = await guide.follow('6-check-that-it-works');

    expect(list).toMatch(/multus-eni-config .*1\/1 .*AllInterfacesReady/);
    expect(states).toContain('i-');
    expect(plan).toContain('nothing to do');
    expect(guide.left()).toEqual([]);
    await guide.close();
  },
  5 * MINUTE_MS,
);
