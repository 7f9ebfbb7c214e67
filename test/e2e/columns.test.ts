import { afterAll, beforeAll, expect, it } from 'vitest';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor } from './manifests.ts';
import { attachmentsOf, eventually } from './outcomes.ts';
import { openScene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

/** The command by which the Go controller's documents watch interfaces, letter by letter. */
const COLUMNS =
  'custom-columns=NAME:.metadata.name,NODES:.status.attachments[*].nodeID,ENIs:.status.attachments[*].eniID,STATUS:.status.attachments[*].status';

const rowsOf = (line: string) => {
  const [, nodes = '', enis = '', states = ''] = line.trim().split(/\s+/);
  const [nodeIds, eniIds, words] = [nodes, enis, states].map((column) => column.split(','));
  return (nodeIds ?? []).map((node, index) => ({
    node,
    eni: eniIds?.[index],
    status: words?.[index],
  }));
};

it('The columns of the old documents keep each ENI beside its node, with rows attached, pending and failed', async () => {
  await using scene = await openScene(stage, { size: 2, zones: ['us-east-1a'] });
  const [first, second] = scene.fleet.nodes.map(({ name }) => name);
  const label = (node = '', value: string) => scene.stage.kubectl(['label', 'node', node, value]);
  const untilRows = (expected: readonly string[]) =>
    eventually(async () => {
      const rows = attachmentsOf(await scene.client.nodeEni('data'));
      expect(rows.map(({ status }) => status).toSorted()).toEqual(expected);
    });
  await label(second, 'ng-');
  await scene.startLocal({ sweepInterval: '3s' });
  const subnetIDs = [scene.fleet.subnets[0]?.id, 'subnet-00000000000000000'];
  await apply(scene, manifestFor(scene.fleet, { subnetID: undefined, subnetIDs }));
  await untilRows(['attached', 'failed']);
  // EC2 throttles every create call from here on, so the second node's interface waits.
  scene.proxy.failNext('CreateNetworkInterface', 'RequestLimitExceeded', 10_000);
  await label(second, 'ng=multi-eni');
  await untilRows(['attached', 'failed', 'failed', 'pending']);

  const { stdout } = await scene.stage.kubectl(['get', 'nodeeni', '-o', COLUMNS]);

  const rows = rowsOf(stdout.trim().split('\n')[1] ?? '');
  const [made] = await scene.interfaces();
  expect(rows).toHaveLength(4);
  expect(rows).toEqual(
    expect.arrayContaining([
      { node: first, eni: made?.eniId, status: 'attached' },
      { node: first, eni: 'failed', status: 'failed' },
      { node: second, eni: 'pending', status: 'pending' },
      { node: second, eni: 'failed', status: 'failed' },
    ]),
  );
});
