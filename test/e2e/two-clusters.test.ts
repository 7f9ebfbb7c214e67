import { afterAll, beforeAll, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { runNodeeni } from '#test/support/local-process.ts';
import { createFleet } from '#test/support/servers/fleet.ts';
import { NODE_ENIS_PATH } from './kube-client.ts';
import { apply, manifestFor } from './manifests.ts';
import { eventually, untilReady } from './outcomes.ts';
import { openScene } from './scene.ts';
import { type Stage, startStage } from './stage.ts';

let blueStage: Stage;
let greenStage: Stage;

beforeAll(async () => {
  [blueStage, greenStage] = await Promise.all([startStage(), startStage()]);
});

afterAll(async () => {
  await blueStage?.stop();
  await greenStage?.stop();
});

const NODE_NAMES = { nodeName: (number: number) => `worker-${number}` };

it('two clusters in one account, with equal names of nodes and NodeENIs, each touch their own', async () => {
  const options = { size: 2, zones: ['us-east-1a'], ...NODE_NAMES };
  await using blue = await openScene(blueStage, { ...options, cluster: 'blue' });
  // The second cluster has an API server of its own, and the first one's account.
  const fleet = await createFleet({
    ...options,
    awsUrl: blueStage.motoUrl,
    kube: greenStage,
    labels: { ng: 'multi-eni' },
    cluster: 'green',
  });
  const green = { ...blue, stage: greenStage, client: greenStage.client, fleet };
  const greenOptions = {
    ...blue.localOptions,
    kubeconfigFile: greenStage.kubeconfigFile,
    cluster: 'green',
  };
  const ofCluster = async (cluster: string) =>
    (await blue.interfaces()).filter(({ tags }) => tags[TAGS.cluster] === cluster);

  await blue.startLocal({ sweepInterval: '3s' });
  await blue.startLocal({ ...greenOptions, sweepInterval: '3s' });
  await apply(blue, manifestFor(blue.fleet));
  await apply(green, manifestFor(green.fleet));
  await untilReady(blue, 2);
  await untilReady(green, 2);

  const instancesOf = async (cluster: string) =>
    (await ofCluster(cluster)).map(({ instanceId }) => instanceId).toSorted();
  const expected = blue.fleet.nodes.map(({ instanceId }) => instanceId).toSorted();
  expect(await instancesOf('blue')).toEqual(expected);
  expect(await instancesOf('green')).toEqual(
    fleet.nodes.map(({ instanceId }) => instanceId).toSorted(),
  );

  const { code } = await runNodeeni(greenOptions, 'uninstall', '--yes');
  expect(code).toBe(0);
  await eventually(async () => expect(await ofCluster('green')).toEqual([]));
  expect(await green.client.names(NODE_ENIS_PATH)).toEqual([]);
  expect(await instancesOf('blue')).toEqual(expected);
  await untilReady(blue, 2);
});
