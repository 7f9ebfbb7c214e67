import { setTimeout as sleep } from 'node:timers/promises';
import {
  AttachNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import type { LocalProcess } from '#test/support/local-process.ts';
import type { SeenInterface } from './ec2-observer.ts';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor } from './manifests.ts';
import { attachmentsOf, untilReady } from './outcomes.ts';
import { openScene, type Scene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

/** Nodes whose interfaces have been attached for five seconds, and a sweep each 20 seconds. */
const settle = async (
  scene: Scene,
  count: number,
): Promise<{ local: LocalProcess; eni: SeenInterface }> => {
  const local = await scene.startLocal({ sweepInterval: '20s' });
  await apply(scene, manifestFor(scene.fleet));
  await untilReady(scene, count);
  await sleep(5_000);
  const { instanceId } = nodeOf(scene);
  const eni = (await scene.interfaces()).find((seen) => seen.instanceId === instanceId);
  if (eni === undefined) throw new Error('The first node has no interface.');
  return { local, eni };
};

const nodeOf = ({ fleet }: Scene, index = 0) => {
  const node = fleet.nodes[index];
  if (node === undefined) throw new Error(`There is no node ${index}.`);
  return node;
};

const within = <T>(seconds: number, assertion: () => Promise<T>): Promise<T> =>
  vi.waitFor(assertion, { timeout: seconds * 1000, interval: 100 });

const detach = async ({ ec2 }: Scene, { attachmentId }: SeenInterface): Promise<void> => {
  await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId, Force: true }));
};

describe('an interface that was attached five seconds ago', () => {
  it('is replaced within 45 seconds when somebody deletes it', async () => {
    await using scene = await openScene(stage);
    const { eni } = await settle(scene, 1);

    await detach(scene, eni);
    await scene.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: eni.eniId }));

    const replaced = await within(45, async () => {
      const [seen, ...others] = await scene.interfaces();
      expect(others).toEqual([]);
      expect(seen).toMatchObject({ status: 'in-use', deviceIndex: 2 });
      return seen;
    });
    expect(replaced?.eniId).not.toBe(eni.eniId);
    const rows = attachmentsOf(await untilReady(scene, 1));
    expect(rows.map(({ eniID }) => eniID)).toEqual([replaced?.eniId]);
  });

  it('takes its row with it within 15 seconds when its instance is terminated', async () => {
    await using scene = await openScene(stage, { size: 2, zones: ['us-east-1a'] });
    const { local } = await settle(scene, 2);
    const { instanceId } = nodeOf(scene);

    await scene.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    const event = readEvent('ec2-terminated') as { readonly detail: object };
    const answer = await fetch(`${local.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...event,
        detail: { ...event.detail, 'instance-id': instanceId },
      }),
    });

    expect(answer.ok).toBe(true);
    await within(15, async () => {
      const rows = attachmentsOf(await scene.client.nodeEni('data'));
      expect(rows.map(({ instanceID }) => instanceID)).toEqual([nodeOf(scene, 1).instanceId]);
    });
  });

  it('is replaced when somebody attaches it elsewhere, and the NodeENI names the other instance', async () => {
    await using scene = await openScene(stage, { size: 2, zones: ['us-east-1a'] });
    const { eni } = await settle(scene, 2);
    const other = nodeOf(scene, 1).instanceId;

    await detach(scene, eni);
    await scene.ec2.send(
      new AttachNetworkInterfaceCommand({
        NetworkInterfaceId: eni.eniId,
        InstanceId: other,
        DeviceIndex: 3,
      }),
    );

    await within(60, async () => {
      const rows = attachmentsOf(await scene.client.nodeEni('data'));
      const told = rows.find(({ eniID }) => eniID === eni.eniId);
      expect(told).toMatchObject({ reason: 'AttachedElsewhere' });
      expect(told?.message).toContain(other);
      expect(rows.filter(({ reason }) => reason === 'Attached')).toHaveLength(2);
    });
  });
});
