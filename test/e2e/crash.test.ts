import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalProcess } from '#test/support/local-process.ts';
import { isMutating } from './ec2-observer.ts';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor } from './manifests.ts';
import {
  ageRecords,
  attachmentsOf,
  eventually,
  remove,
  untilGone,
  untilReady,
} from './outcomes.ts';
import { openScene, type Scene } from './scene.ts';
import { dropLeases, type Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

type Crash = { readonly when: string; readonly afterMs: number };

/** The call is always done; what differs is whether the process still hears of it. */
const crashes: readonly Crash[] = [
  { when: 'before its answer arrives', afterMs: 0 },
  { when: 'a moment after its answer', afterMs: 15 },
];

/** Every changing call of one interface's life, in the order they are made. */
const creation = [
  'CreateNetworkInterface',
  'AttachNetworkInterface',
  'ModifyNetworkInterfaceAttribute',
];
const deletion = ['DetachNetworkInterface', 'DeleteNetworkInterface'];

const casesOf = (actions: readonly string[]) =>
  actions.flatMap((action) => crashes.map((crash) => ({ action, ...crash })));

/** Kills the process once this action has been done. Out: resolves when it is dead. */
const killAfter = (
  { proxy }: Scene,
  local: LocalProcess,
  { action, afterMs }: { readonly action: string } & Pick<Crash, 'afterMs'>,
): Promise<void> =>
  new Promise((dead, failed) => {
    const patience = setTimeout(failed, 25_000, new Error(`${action} was not called.`));
    const unsubscribe = proxy.onCall(async (call, status) => {
      if (call.action !== action || status !== 200) return;
      unsubscribe();
      clearTimeout(patience);
      const end = () => local.kill().then(dead, failed);
      if (afterMs === 0) await end();
      else sleep(afterMs).then(end, failed);
    });
  });

const restart = async (scene: Scene): Promise<void> => {
  await dropLeases(scene.client);
  await scene.startLocal({ sweepInterval: '3s' });
};

const expectOneInterface = async (scene: Scene): Promise<void> => {
  const nodeEni = await untilReady(scene, 1);
  const enis = await scene.interfaces();
  expect(enis).toEqual([
    expect.objectContaining({
      status: 'in-use',
      instanceId: scene.fleet.nodes[0]?.instanceId,
      deviceIndex: 2,
      deleteOnTermination: true,
    }),
  ]);
  expect(attachmentsOf(nodeEni).map(({ eniID }) => eniID)).toEqual(enis.map(({ eniId }) => eniId));
};

describe('a process that is killed while it builds an interface', () => {
  it.each(casesOf(creation))(
    'after $action, $when, leaves one interface in the end',
    async (crash) => {
      await using scene = await openScene(stage, { zones: ['us-east-1a'] });
      const local = await scene.startLocal();
      const dead = killAfter(scene, local, crash);
      await apply(scene, manifestFor(scene.fleet));
      await dead;

      await restart(scene);

      await expectOneInterface(scene);
    },
  );
});

describe('a process that is killed while it takes an interface away', () => {
  it.each(casesOf(deletion))('after $action, $when, leaves nothing in the end', async (crash) => {
    await using scene = await openScene(stage, { zones: ['us-east-1a'] });
    const local = await scene.startLocal();
    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 1);
    await ageRecords(scene);
    const dead = killAfter(scene, local, crash);
    await remove(scene);
    await dead;

    await restart(scene);
    await untilGone(scene);

    expect(await scene.interfaces()).toEqual([]);
  });
});

describe('a process that loses an answer of EC2 and lives on', () => {
  it.each(creation)('builds one interface when that of %s is lost', async (action) => {
    await using scene = await openScene(stage, { zones: ['us-east-1a'] });
    await scene.startLocal({ sweepInterval: '3s' });
    scene.proxy.loseNextAnswer(action);

    await apply(scene, manifestFor(scene.fleet));

    await expectOneInterface(scene);
  });

  it.each(deletion)('leaves nothing when that of %s is lost', async (action) => {
    await using scene = await openScene(stage, { zones: ['us-east-1a'] });
    await scene.startLocal({ sweepInterval: '3s' });
    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 1);
    await ageRecords(scene);
    scene.proxy.loseNextAnswer(action);

    await remove(scene);
    await untilGone(scene);

    expect(await scene.interfaces()).toEqual([]);
  });
});

describe('the list of calls a crash is tried after', () => {
  it('names every changing call of an interface’s life', async () => {
    await using scene = await openScene(stage, { zones: ['us-east-1a'] });
    await scene.startLocal();

    await apply(scene, manifestFor(scene.fleet));
    await untilReady(scene, 1);
    await remove(scene);
    await untilGone(scene);

    const made = scene.proxy.calls.filter(isMutating).map(({ action }) => action);
    expect(made).toEqual([...creation, ...deletion]);
    await eventually(async () => expect(await scene.interfaces()).toEqual([]));
  });
});
