import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countByAction, isMutating, productCalls } from './ec2-observer.ts';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor } from './manifests.ts';
import { ageRecords, eventually, untilReady } from './outcomes.ts';
import { openScene, type Scene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

/** Gives the scene's one node its interface, and makes that reconcile old. Out: the interface. */
const settle = async (scene: Scene) => {
  await scene.startLocal({ sweepInterval: '2s' });
  await apply(scene, manifestFor(scene.fleet));
  await untilReady(scene, 1);
  await ageRecords(scene);
  const [eni] = await scene.interfaces();
  if (eni === undefined) throw new Error('The node has no interface.');
  return eni;
};

const untilAttached = (scene: Scene) =>
  eventually(async () => {
    const [eni, ...others] = await scene.interfaces();
    expect(others).toEqual([]);
    expect(eni).toMatchObject({ status: 'in-use', deviceIndex: 2, deleteOnTermination: true });
    return eni;
  });

const sweepTwice = () => sleep(5_000);

const productChanges = ({ proxy }: Scene) => countByAction(productCalls(proxy).filter(isMutating));

describe('an interface', () => {
  it('that was detached by hand is attached again and not doubled', async () => {
    await using scene = await openScene(stage);
    const eni = await settle(scene);

    await scene.ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: eni.attachmentId }));
    scene.proxy.reset();
    const again = await untilAttached(scene);
    await sweepTwice();

    expect(again?.eniId).toBe(eni.eniId);
    expect(productChanges(scene)).toEqual({
      AttachNetworkInterface: 1,
      ModifyNetworkInterfaceAttribute: 1,
    });
    await untilReady(scene, 1);
  });

  it('that was deleted by hand is replaced once', async () => {
    await using scene = await openScene(stage);
    const eni = await settle(scene);

    await scene.ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: eni.attachmentId }));
    await scene.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: eni.eniId }));
    scene.proxy.reset();
    const replaced = await untilAttached(scene);
    await sweepTwice();

    expect(productChanges(scene)).toMatchObject({
      CreateNetworkInterface: 1,
      AttachNetworkInterface: 1,
    });
    expect(await scene.interfaces()).toHaveLength(1);
    const nodeEni = await untilReady(scene, 1);
    expect(nodeEni.status?.attachments?.map(({ eniID }) => eniID)).toEqual([replaced?.eniId]);
  });

  it('that was given other groups by hand gets its own back in one call', async () => {
    await using scene = await openScene(stage);
    const eni = await settle(scene);
    const [nodesGroup] = scene.fleet.groups;

    await scene.ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: eni.eniId,
        Groups: [nodesGroup?.id ?? ''],
      }),
    );
    scene.proxy.reset();
    await eventually(async () =>
      expect((await scene.interfaces())[0]?.groupIds).toEqual(eni.groupIds),
    );
    await sweepTwice();

    expect(productChanges(scene)).toEqual({ ModifyNetworkInterfaceAttribute: 1 });
  });
});
