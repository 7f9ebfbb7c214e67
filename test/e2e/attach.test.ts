import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor, seedFor } from './manifests.ts';
import { attachmentsOf, eventually, untilReady } from './outcomes.ts';
import { openScene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

describe('a seed manifest', () => {
  it('gives a matching node its interface, tagged, at its index, to end with the instance', async () => {
    await using scene = await openScene(stage);
    const { fleet } = scene;
    const [node] = fleet.nodes;
    await scene.startLocal();

    await apply(scene, seedFor('multus-eni-config.yaml', fleet));
    const nodeEni = await untilReady(scene, 1, 'multus-eni-config');

    const [eni, ...others] = await scene.interfaces();
    expect(others).toEqual([]);
    expect(eni).toMatchObject({
      status: 'in-use',
      instanceId: node?.instanceId,
      deviceIndex: 2,
      deleteOnTermination: true,
      subnetId: node?.subnetId,
      groupIds: [fleet.groups.at(-1)?.id],
      tags: {
        [NO_MANAGE_TAG]: 'true',
        [TAGS.cluster]: fleet.cluster,
        [TAGS.uid]: nodeEni.metadata.uid,
        [TAGS.name]: 'multus-eni-config',
        [TAGS.instance]: node?.instanceId,
        [TAGS.subnet]: node?.subnetId,
      },
    });
    expect(Date.parse(eni?.tags[TAGS.createdAt] ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(attachmentsOf(nodeEni)).toEqual([
      expect.objectContaining({
        nodeID: node?.name,
        instanceID: node?.instanceId,
        eniID: eni?.eniId,
        subnetID: node?.subnetId,
        deviceIndex: 2,
        mtu: 9001,
        status: 'attached',
      }),
    ]);
  });

  it('is shown by the commands its readme teaches', async () => {
    await using scene = await openScene(stage);
    await scene.startLocal();
    await apply(scene, seedFor('multus-eni-config.yaml', scene.fleet));
    const nodeEni = await untilReady(scene, 1, 'multus-eni-config');
    const [row] = attachmentsOf(nodeEni);

    const short = await stage.kubectl(['get', 'nodeeni']);
    const wide = await stage.kubectl(['get', 'nodeeni', '-o', 'wide']);
    const columns = await stage.kubectl([
      'get',
      'nodeeni',
      '-o',
      'custom-columns=NAME:.metadata.name,NODES:.status.attachments[*].nodeID,ENIs:.status.attachments[*].eniID,STATUS:.status.attachments[*].status',
    ]);

    expect(short.stdout).toMatch(/^multus-eni-config\s.*\b1\/1\b/m);
    expect(wide.stdout).toMatch(/^multus-eni-config\s.*\b1\/1\b/m);
    expect(columns.stdout.trim().split('\n')[1]?.split(/\s+/)).toEqual([
      'multus-eni-config',
      row?.nodeID,
      row?.eniID,
      'attached',
    ]);
  });

  it('with subnets by name gives each node the one of its zone', async () => {
    await using scene = await openScene(stage, { size: 2 });
    const { fleet } = scene;
    await scene.startLocal();

    await apply(scene, seedFor('multi-subnet-nodeeni.yaml', fleet));
    await untilReady(scene, 2, 'multi-subnet-nodeeni');

    const placed = (await scene.interfaces()).map(({ instanceId, subnetId, deviceIndex }) => ({
      instanceId,
      subnetId,
      deviceIndex,
    }));
    const zones = new Set(fleet.nodes.map(({ zone }) => zone));
    expect(zones.size).toBe(2);
    expect(placed).toHaveLength(2);
    expect(placed).toEqual(
      expect.arrayContaining(
        fleet.nodes.map(({ instanceId, subnetId }) => ({ instanceId, subnetId, deviceIndex: 2 })),
      ),
    );
  });

  it('with two NodeENIs gives one node both interfaces, each at its index', async () => {
    await using scene = await openScene(stage, { zones: ['us-east-1a', 'us-east-1a'] });
    await scene.startLocal();

    await apply(scene, seedFor('multus-eni-subnet1-2.yaml', scene.fleet));
    await untilReady(scene, 1, 'multus-eni-subnet1');
    await untilReady(scene, 1, 'multus-eni-subnet2');

    const [first, second] = scene.fleet.subnets;
    const placed = (await scene.interfaces()).map((eni) => `${eni.deviceIndex} ${eni.subnetId}`);
    expect(placed.toSorted()).toEqual([`2 ${first?.id}`, `3 ${second?.id}`]);
  });
});

describe('a node', () => {
  it('that is labelled later gets its interface then', async () => {
    await using scene = await openScene(stage, { labels: { ng: 'plain' } });
    const [node] = scene.fleet.nodes;
    await scene.startLocal();
    await apply(scene, manifestFor(scene.fleet));
    await eventually(async () => {
      const ready = (await scene.client.nodeEni('data'))?.status?.conditions?.[0];
      expect(ready).toMatchObject({ type: 'Ready', reason: 'NoMatchingNodes' });
    });
    expect(await scene.interfaces()).toEqual([]);

    await stage.kubectl(['label', 'node', node?.name ?? '', 'ng=multi-eni', '--overwrite']);
    await untilReady(scene, 1);

    const instances = (await scene.interfaces()).map(({ instanceId }) => instanceId);
    expect(instances).toEqual([node?.instanceId]);
  });

  it('that joins later gets its interface then', async () => {
    await using scene = await openScene(stage, { zones: ['us-east-1a'] });
    await scene.startLocal();
    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 1);

    const [joined] = await scene.fleet.addNodes(1);
    const nodeEni = await untilReady(scene, 2);

    expect(attachmentsOf(nodeEni).map(({ instanceID }) => instanceID)).toContain(
      joined?.instanceId,
    );
  });

  it('whose zone has no subnet in the list gets none and the reason says so', async () => {
    await using scene = await openScene(stage, { size: 2 });
    const elsewhere = scene.fleet.nodes.find(({ zone }) => zone === 'us-east-1b');
    await scene.startLocal();

    await apply(scene, manifestFor(scene.fleet));
    const nodeEni = await eventually(async () => {
      const found = await scene.client.nodeEni('data');
      expect(found?.status?.summary).toBe('1/1');
      expect(found?.status?.conditions?.[0]).toMatchObject({ reason: 'NoSubnetInZone' });
      return found;
    });

    expect(nodeEni?.status?.conditions?.[0]?.message).toContain(elsewhere?.name);
    expect(await scene.interfaces()).toHaveLength(1);
  });
});
