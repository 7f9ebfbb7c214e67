import { describe, expect, it } from 'vitest';
import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import {
  createLifecycleHooks,
  terminatingAmong,
} from '#core/controllers/lifecycle-hooks/controller.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { LifecycleHook, ScalingInstance } from '#core/ports/scaling.ts';
import type { InstanceReadiness } from '#core/readiness.ts';
import { ago, anInstance, INSTANCE_ID, NOW } from '#test/support/builders.ts';

const LAUNCH: LifecycleHook = {
  groupName: 'workers',
  hookName: 'nodeeni-launch',
  transition: 'launching',
  heartbeatTimeoutSeconds: 120,
  notificationMetadata: '{"cluster":"prod"}',
};
const TERMINATE: LifecycleHook = {
  ...LAUNCH,
  hookName: 'nodeeni-terminate',
  transition: 'terminating',
};

const READY: InstanceReadiness = {
  isKnown: true,
  unattached: [],
  unconfigured: [],
  isFlagPending: false,
};

const nobodyAsks = () => Promise.reject(new Error('nobody asks'));

interface World {
  readonly lifecycleState?: string;
  readonly hooks?: readonly LifecycleHook[];
  /** Group whose hooks cannot be read. */
  readonly unreadable?: string;
}

/** Auto Scaling with one group, where everybody is in this state; what is asked of it and of the queue is noted. */
const aWorld = ({
  lifecycleState = 'Pending:Wait',
  hooks = [LAUNCH, TERMINATE],
  unreadable,
}: World = {}) => {
  const said: string[] = [];
  const lifecycleHooks = createLifecycleHooks({
    clock: { now: () => NOW, sleep: nobodyAsks },
    clusterName: 'prod',
    scaling: {
      async getInstances(ids) {
        said.push(`ask ${ids.join()}`);
        return new Map(
          ids.map((instanceId) => [
            instanceId,
            { instanceId, groupName: 'workers', lifecycleState },
          ]),
        );
      },
      async getHooks(groupName) {
        if (groupName === unreadable) throw new Error(`${groupName} cannot be read`);
        return hooks;
      },
      async complete({ hookName }, instanceId, result) {
        said.push(`complete ${hookName} ${instanceId} ${result}`);
        return 'completed';
      },
      async heartbeat({ hookName }, instanceId) {
        said.push(`heartbeat ${hookName} ${instanceId}`);
      },
      getGroups: nobodyAsks,
      getGroupTags: nobodyAsks,
    },
    workQueue: {
      async lookAgain(key, delaySeconds) {
        said.push(`look ${JSON.stringify(key)} in ${delaySeconds} s`);
      },
      hint: nobodyAsks,
    },
  });
  return { said, lifecycleHooks };
};

const begun = async (world: World) => {
  const waiting = await aWorld(world).lifecycleHooks.begin([INSTANCE_ID]);
  return waiting.map(({ hook }) => hook.hookName);
};

const LOOK = `look {"kind":"instance","instanceId":"${INSTANCE_ID}"} in 15 s`;

describe('begin', () => {
  it('asks for the next look before it sends the heartbeat of a launch', async () => {
    const { said, lifecycleHooks } = aWorld();

    await lifecycleHooks.begin([INSTANCE_ID]);

    expect(said).toEqual([`ask ${INSTANCE_ID}`, LOOK, `heartbeat nodeeni-launch ${INSTANCE_ID}`]);
  });

  it('looks again sooner where the heartbeat is due sooner', async () => {
    const { said, lifecycleHooks } = aWorld({
      hooks: [{ ...LAUNCH, heartbeatTimeoutSeconds: 30 }],
    });

    await lifecycleHooks.begin([INSTANCE_ID]);

    expect(said).toContain(LOOK.replace('15 s', '7.5 s'));
  });

  it('sends no heartbeat past the deadline, where the look completes the launch', async () => {
    const { said, lifecycleHooks } = aWorld();
    const late = anInstance({
      launchTime: new Date(ago(900)),
      tags: { [ASG_NAME_TAG]: 'workers' },
    });

    await lifecycleHooks.begin([INSTANCE_ID], new Map([[INSTANCE_ID, late]]));

    expect(said).toEqual([`ask ${INSTANCE_ID}`, LOOK]);
  });

  it('looks again at an instance that ends, and lets its hook expire where nobody works', async () => {
    const { said, lifecycleHooks } = aWorld({ lifecycleState: 'Terminating:Wait' });

    await lifecycleHooks.begin([INSTANCE_ID]);

    expect(said).toEqual([`ask ${INSTANCE_ID}`, LOOK]);
  });

  it.each([
    { lifecycleState: 'Pending:Wait', waits: ['nodeeni-launch'] },
    { lifecycleState: 'Warmed:Pending:Wait', waits: ['nodeeni-launch'] },
    { lifecycleState: 'Terminating:Wait', waits: ['nodeeni-terminate'] },
    { lifecycleState: 'Warmed:Terminating:Wait', waits: ['nodeeni-terminate'] },
    { lifecycleState: 'Pending:Proceed', waits: [] },
    { lifecycleState: 'InService', waits: [] },
  ])('takes $lifecycleState for a wait for $waits', async ({ lifecycleState, waits }) => {
    expect(await begun({ lifecycleState })).toEqual(waits);
  });

  it('leaves the hooks of others alone', async () => {
    const others = { ...LAUNCH, notificationMetadata: '{"cluster":"test"}' };

    expect(await begun({ hooks: [others] })).toEqual([]);
  });

  it('asks about nobody that is in no group', async () => {
    const { said, lifecycleHooks } = aWorld();
    const instances = new Map<string, Instance>([
      [INSTANCE_ID, anInstance()],
      ['i-member', anInstance({ instanceId: 'i-member', tags: { [ASG_NAME_TAG]: 'workers' } })],
    ]);

    await lifecycleHooks.begin([INSTANCE_ID, 'i-member', 'i-unseen'], instances);
    await lifecycleHooks.begin([INSTANCE_ID], instances);

    expect(said.filter((line) => line.startsWith('ask'))).toEqual(['ask i-member']);
  });

  it('knows the time of launch only where EC2 shows the instance', async () => {
    const { lifecycleHooks } = aWorld();
    const launchTime = new Date(ago(60));
    const instance = anInstance({ launchTime, tags: { [ASG_NAME_TAG]: 'workers' } });

    const [seen] = await lifecycleHooks.begin([INSTANCE_ID], new Map([[INSTANCE_ID, instance]]));
    const [unseen] = await lifecycleHooks.begin([INSTANCE_ID]);

    expect(seen?.launchTime).toEqual(launchTime);
    expect(unseen).toEqual({
      instanceId: INSTANCE_ID,
      hook: LAUNCH,
      settings: expect.objectContaining({ cluster: 'prod', deadlineSeconds: 900 }),
    });
  });
});

describe('keepAlive', () => {
  const aMember = (lifecycleState = 'Pending:Wait', groupName = 'workers'): ScalingInstance => ({
    instanceId: INSTANCE_ID,
    groupName,
    lifecycleState,
  });
  const shown = (seconds = 60) =>
    new Map([[INSTANCE_ID, anInstance({ launchTime: new Date(ago(seconds)) })]]);

  it('sends the heartbeat of a launch, and asks for no look', async () => {
    const { said, lifecycleHooks } = aWorld();

    const heartbeats = await lifecycleHooks.keepAlive([aMember()], shown());

    expect(said).toEqual([`heartbeat nodeeni-launch ${INSTANCE_ID}`]);
    expect(heartbeats).toEqual({ sent: 1, errors: [] });
  });

  it.each([
    { who: 'an instance that ends', member: aMember('Terminating:Wait') },
    { who: 'an instance that waits for nothing', member: aMember('InService') },
    // The hooks of that group cannot be read, which nobody notices.
    { who: 'an instance of another group in service', member: aMember('InService', 'others') },
    { who: 'a launch past its deadline', instances: shown(900) },
    { who: 'an instance that EC2 does not show', instances: new Map<string, Instance>() },
    { who: 'a hook of another cluster', metadata: '{"cluster":"test"}' },
    { who: 'a hook of somebody else', metadata: 'drain-me' },
  ])('sends none for $who', async ({ member = aMember(), instances = shown(), metadata }) => {
    const hook = { ...LAUNCH, ...(metadata !== undefined && { notificationMetadata: metadata }) };
    const { said, lifecycleHooks } = aWorld({ hooks: [hook, TERMINATE], unreadable: 'others' });

    const heartbeats = await lifecycleHooks.keepAlive([member], instances);

    expect(said).toEqual([]);
    expect(heartbeats).toEqual({ sent: 0, errors: [] });
  });

  it('sends those of one group when the hooks of another cannot be read', async () => {
    const { lifecycleHooks } = aWorld({ unreadable: 'others' });
    const members = [aMember('Pending:Wait', 'others'), aMember()];

    const heartbeats = await lifecycleHooks.keepAlive(members, shown());

    expect(heartbeats).toEqual({ sent: 1, errors: ['others cannot be read'] });
  });
});

describe('finish', () => {
  it('tells Auto Scaling of those that are ready, and of no other', async () => {
    const { said, lifecycleHooks } = aWorld();
    const waiting = await lifecycleHooks.begin([INSTANCE_ID, 'i-late']);
    said.length = 0;

    const actions = await lifecycleHooks.finish(waiting, (instanceId) => ({
      ...READY,
      isKnown: instanceId === INSTANCE_ID,
    }));

    expect(actions.map(({ type }) => type)).toEqual(['complete', 'wait']);
    expect(said).toEqual([`complete nodeeni-launch ${INSTANCE_ID} CONTINUE`]);
  });
});

describe('terminatingAmong', () => {
  it('names those that Auto Scaling is about to end', async () => {
    const launching = await aWorld().lifecycleHooks.begin(['i-launching']);
    const ending = await aWorld({ lifecycleState: 'Terminating:Wait' }).lifecycleHooks.begin([
      'i-ending',
    ]);

    expect(terminatingAmong([...launching, ...ending])).toEqual(new Set(['i-ending']));
  });
});
