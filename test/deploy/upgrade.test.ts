import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildEarlierSources, findEarlierVersion } from '#test/support/deploy/earlier-sources.ts';
import { type DeployStage, startDeployStage } from '#test/support/deploy/stage.ts';
import type { TemporaryFolder } from '#test/support/servers/temporary-folder.ts';

const OPTIONS = { clusterName: 'e2e', vpcIds: ['vpc-0123456789abcdef0'] };

let stage: DeployStage;
let earlier: TemporaryFolder;

beforeAll(async () => {
  stage = await startDeployStage('e2e');
  earlier = await buildEarlierSources(await findEarlierVersion());
});

afterAll(async () => {
  await stage?.stop();
  await earlier?.remove();
});

it('upgrades an installation in place, and keeps its queues and objects', async () => {
  const before = await stage.checkOut(earlier.path);
  await before.setOptions(OPTIONS);
  await stage.setOptions(OPTIONS);

  const first = await before.sst('deploy', '--stage', 'trial');
  stage.takeChanges();
  const second = await stage.sst('deploy', '--stage', 'trial');

  expect(first.code, first.output).toBe(0);
  expect(second.code, second.output).toBe(0);
  const removed = stage.takeChanges().filter(({ action }) => action === 'remove');
  expect(removed.filter(({ type }) => type === 'aws:sqs/queue:Queue')).toEqual([]);
});
