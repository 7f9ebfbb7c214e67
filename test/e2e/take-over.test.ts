import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FINALIZER, PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import { runNodeeni } from '#test/support/local-process.ts';
import { isMutating, productCalls } from './ec2-observer.ts';
import { joinStage } from './join-stage.ts';
import { NODE_ENIS_PATH } from './kube-client.ts';
import { apply, manifestFor } from './manifests.ts';
import {
  attachmentsOf,
  conditionOf,
  eventually,
  remove,
  untilGone,
  untilReady,
} from './outcomes.ts';
import { makePeerInterface } from './peer-interface.ts';
import { openScene, type Scene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

/**
 * Makes the scene one the Go controller has left: the NodeENI with its finalizer, an interface for
 * each node and, if asked for, the status that names them. Out: the interfaces' ids.
 */
const inherit = async (scene: Scene, { hasStatus }: { readonly hasStatus: boolean }) => {
  const attachments = await Promise.all(
    scene.fleet.nodes.map((node) => makePeerInterface(scene, node)),
  );
  await apply(scene, manifestFor(scene.fleet));
  const path = `${NODE_ENIS_PATH}/data`;
  await scene.client.call('PATCH', path, { metadata: { finalizers: [FINALIZER] } });
  if (hasStatus) await scene.client.call('PATCH', `${path}/status`, { status: { attachments } });
  scene.proxy.reset();
  return attachments.map(({ eniID }) => eniID).toSorted();
};

const eniIdsIn = async (scene: Scene) =>
  (await scene.interfaces()).map(({ eniId }) => eniId).toSorted();

const untilNeedsAdoption = (scene: Scene) =>
  eventually(async () => {
    const nodeEni = await scene.client.nodeEni('data');
    expect(conditionOf(nodeEni)).toMatchObject({ status: 'False', reason: 'NeedsAdoption' });
    return nodeEni;
  });

describe('interfaces of the Go controller', () => {
  it.each([
    { name: 'that a status names', hasStatus: true },
    { name: 'that only their tags tell of', hasStatus: false },
  ])('$name hold their slots and nothing is made beside them', async ({ hasStatus }) => {
    await using scene = await openScene(stage, { size: 2, zones: ['us-east-1a'] });
    const eniIds = await inherit(scene, { hasStatus });
    await scene.startLocal({ sweepInterval: '3s' });

    const nodeEni = await untilNeedsAdoption(scene);
    await sleep(4_000);

    expect(conditionOf(nodeEni)?.message).toContain('nodeeni adopt data');
    expect(productCalls(scene.proxy).filter(isMutating)).toEqual([]);
    expect(await eniIdsIn(scene)).toEqual(eniIds);
  });

  it('are not changed by a dry run of adopt', async () => {
    await using scene = await openScene(stage, { size: 2, zones: ['us-east-1a'] });
    const eniIds = await inherit(scene, { hasStatus: true });

    const { code, stdout } = await runNodeeni(scene.localOptions, 'adopt', '--dry-run');

    expect(code).toBe(0);
    for (const eniId of eniIds) expect(stdout).toContain(eniId);
    expect(productCalls(scene.proxy).filter(isMutating)).toEqual([]);
  });

  it('serve the same slots once adopted, and go with the NodeENI', async () => {
    await using scene = await openScene(stage, { size: 2, zones: ['us-east-1a'] });
    const eniIds = await inherit(scene, { hasStatus: true });
    await scene.startLocal({ sweepInterval: '3s' });
    await untilNeedsAdoption(scene);

    const { code, stderr } = await runNodeeni(scene.localOptions, 'adopt', '--yes');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const nodeEni = await untilReady(scene, 2);

    const served = attachmentsOf(nodeEni).map(({ eniID = '' }) => eniID);
    expect(served.toSorted()).toEqual(eniIds);
    expect(await eniIdsIn(scene)).toEqual(eniIds);
    for (const { tags, status, deviceIndex } of await scene.interfaces()) {
      expect({ status, deviceIndex }).toEqual({ status: 'in-use', deviceIndex: 2 });
      expect(tags[TAGS.uid]).toBe(nodeEni.metadata.uid);
      expect(tags).not.toHaveProperty(PEER_TAGS.managedBy);
    }
    expect(scene.proxy.counts()).not.toHaveProperty('CreateNetworkInterface');

    await remove(scene);
    await untilGone(scene);

    expect(await scene.interfaces()).toEqual([]);
  });

  it('keep the finalizer of a NodeENI that is deleted before they are adopted', async () => {
    await using scene = await openScene(stage, { size: 2, zones: ['us-east-1a'] });
    const eniIds = await inherit(scene, { hasStatus: true });
    await scene.startLocal({ sweepInterval: '3s' });
    await untilNeedsAdoption(scene);

    await remove(scene);
    await sleep(4_000);

    expect((await scene.client.nodeEni('data'))?.metadata.finalizers).toEqual([FINALIZER]);
    expect(await eniIdsIn(scene)).toEqual(eniIds);
  });
});
