import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildEarlierSources, findEarlierVersion } from '#test/support/deploy/earlier-sources.ts';
import { type DeployStage, startDeployStage } from '#test/support/deploy/stage.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import type { TemporaryFolder } from '#test/support/servers/temporary-folder.ts';

const OPTIONS = { clusterName: 'e2e', vpcIds: ['vpc-0123456789abcdef0'] };

/** What somebody would miss: waiting messages, lines of logs, and names that others have written down. */
const KEPT = [
  'aws:cloudwatch/logGroup:LogGroup',
  'aws:lambda/function:Function',
  'aws:lambda/functionUrl:FunctionUrl',
  'aws:sqs/queue:Queue',
];

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

const uidsInCluster = (): Promise<string> =>
  stage.kubectl(['get', 'crd,nodeeni', '--output', 'jsonpath={.items[*].metadata.uid}']);

it('upgrades an installation in place, and keeps its queues and objects', async () => {
  const before = await stage.checkOut(earlier.path);
  await before.setOptions(OPTIONS);
  await stage.setOptions(OPTIONS);
  await before.sstOrThrow('deploy', '--stage', 'trial');
  await stage.kubectl(['apply', '--filename', join(ROOT, 'examples', 'basic.yaml')]);
  const uids = await uidsInCluster();
  stage.takeChanges();

  await stage.sstOrThrow('deploy', '--stage', 'trial');

  expect(await uidsInCluster()).toBe(uids);
  const removed = stage.takeChanges().filter(({ action }) => action === 'remove');
  expect(removed.filter(({ type }) => KEPT.includes(type))).toEqual([]);
});
