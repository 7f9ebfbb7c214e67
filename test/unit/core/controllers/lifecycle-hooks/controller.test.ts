import { describe, expect, it } from 'vitest';
import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import { createLifecycleHooks } from '#core/controllers/lifecycle-hooks/controller.ts';
import { createEndings } from '#core/controllers/lifecycle-hooks/endings.ts';
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
  /** What is refused: `ask`, `requeue`, `heartbeat` or `complete`. */
  readonly refused?: string;
  /** That of the cluster; absent while Kubernetes does not answer. */
  readonly uid?: string;
}

/** Auto Scaling with one group, where everybody is in this state; what is asked of it and of the queue is noted. */
const aWorld = ({
  lifecycleState = 'Pending:Wait',
  hooks = [LAUNCH, TERMINATE],
  unreadable,
  refused,
  uid,
}: World = {}) => {
  const said: string[] = [];
  const say = (line: string): void => {
    said.push(line);
    if (refused !== undefined && line.startsWith(refused)) throw new Error(`${refused} refused`);
  };
  const lifecycleHooks = createLifecycleHooks({
    clock: { now: () => NOW, sleep: nobodyAsks },
    clusterName: 'prod',
    identity: { uid: async () => uid ?? nobodyAsks() },
    scaling: {
      async getInstances(ids) {
        say(`ask ${ids.join()}`);
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
        say(`complete ${hookName} ${instanceId} ${result}`);
        return 'completed';
      },
      async heartbeat({ hookName }, instanceId) {
        say(`heartbeat ${hookName} ${instanceId}`);
      },
      getGroups: nobodyAsks,
      getGroupTags: nobodyAsks,
    },
    workQueue: {
      async requeueAfter(key, delaySeconds) {
        say(`requeue ${JSON.stringify(key)} in ${delaySeconds} s`);
      },
      hint: nobodyAsks,
      announce: nobodyAsks,
    },
  });
  return { said, lifecycleHooks };
};

const begun = async (world: World) => {
  const { waiting } = await aWorld(world).lifecycleHooks.begin([INSTANCE_ID]);
  return waiting.map(({ hook }) => hook.hookName);
};

const REQUEUE = `requeue {"kind":"instance","instanceId":"${INSTANCE_ID}"} in 15 s`;

describe('begin', () => {
  it('asks for the next reconcile before it sends the heartbeat of a launch', async () => {
    const { said, lifecycleHooks } = aWorld();

    await lifecycleHooks.begin([INSTANCE_ID]);

    expect(said).toEqual([
      `ask ${INSTANCE_ID}`,
      REQUEUE,
      `heartbeat nodeeni-launch ${INSTANCE_ID}`,
    ]);
  });

  it('reconciles again sooner where the heartbeat is due sooner', async () => {
    const { said, lifecycleHooks } = aWorld({
      hooks: [{ ...LAUNCH, heartbeatTimeoutSeconds: 30 }],
    });

    await lifecycleHooks.begin([INSTANCE_ID]);

    expect(said).toContain(REQUEUE.replace('15 s', '7.5 s'));
  });

  it('sends no heartbeat past the deadline, where the reconcile completes the launch', async () => {
    const { said, lifecycleHooks } = aWorld();
    const late = anInstance({
      launchTime: new Date(ago(900)),
      tags: { [ASG_NAME_TAG]: 'workers' },
    });

    await lifecycleHooks.begin([INSTANCE_ID], new Map([[INSTANCE_ID, late]]));

    expect(said).toEqual([`ask ${INSTANCE_ID}`, REQUEUE]);
  });

  it('reconciles again an instance that ends, and lets its hook expire where nobody works', async () => {
    const { said, lifecycleHooks } = aWorld({ lifecycleState: 'Terminating:Wait' });

    await lifecycleHooks.begin([INSTANCE_ID]);

    expect(said).toEqual([`ask ${INSTANCE_ID}`, REQUEUE]);
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

    const seen = await lifecycleHooks.begin([INSTANCE_ID], new Map([[INSTANCE_ID, instance]]));
    const unseen = await lifecycleHooks.begin([INSTANCE_ID]);

    expect(seen.waiting[0]?.launchTime).toEqual(launchTime);
    expect(unseen.waiting).toEqual([
      {
        instanceId: INSTANCE_ID,
        hook: LAUNCH,
        settings: expect.objectContaining({ cluster: 'prod', deadlineSeconds: 900 }),
      },
    ]);
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

  it('sends the heartbeat of a launch, and asks for no reconcile', async () => {
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
    const { waiting } = await lifecycleHooks.begin([INSTANCE_ID, 'i-late']);
    said.length = 0;

    const { actions } = await lifecycleHooks.finish(waiting, (instanceId) => ({
      ...READY,
      isKnown: instanceId === INSTANCE_ID,
    }));

    expect(actions.map(({ type }) => type)).toEqual(['complete', 'wait']);
    expect(said).toEqual([`complete nodeeni-launch ${INSTANCE_ID} CONTINUE`]);
  });
});

describe('begin, on who is being ended', () => {
  it.each([
    { lifecycleState: 'Terminating', isEnding: true },
    { lifecycleState: 'Terminating:Wait', isEnding: true },
    { lifecycleState: 'Terminating:Proceed', isEnding: true },
    { lifecycleState: 'Warmed:Terminating:Wait', isEnding: true },
    { lifecycleState: 'Pending:Wait', isEnding: false },
    { lifecycleState: 'InService', isEnding: false },
    { lifecycleState: 'Standby', isEnding: false },
  ])("says $isEnding of $lifecycleState, whoever's hook holds it", async (world) => {
    const { lifecycleHooks } = aWorld({ ...world, hooks: [] });

    const { ending } = await lifecycleHooks.begin([INSTANCE_ID]);

    expect(ending.has(INSTANCE_ID)).toBe(world.isEnding);
  });

  it('remembers it while Auto Scaling does not answer, and no longer than that', () => {
    const endings = createEndings();
    const at = (lifecycleState: string) =>
      new Map([[INSTANCE_ID, { instanceId: INSTANCE_ID, groupName: 'workers', lifecycleState }]]);

    expect(endings.among([INSTANCE_ID], undefined).size).toBe(0);
    endings.among([INSTANCE_ID, 'i-other'], at('Terminating:Wait'));
    expect(endings.among([INSTANCE_ID, 'i-other'], undefined)).toEqual(new Set([INSTANCE_ID]));
    endings.among([INSTANCE_ID], new Map());
    expect(endings.among([INSTANCE_ID], undefined).size).toBe(0);
  });
});

describe('begin and finish, where something is refused', () => {
  it.each([
    { refused: 'ask', step: 'read', waits: 0 },
    { refused: 'requeue', step: 'requeue', waits: 2 },
    { refused: 'heartbeat', step: 'heartbeat', waits: 2 },
  ])('go on, and tell of it for each instance: $refused', async ({ refused, step, waits }) => {
    const { lifecycleHooks } = aWorld({ refused });

    const { waiting, troubles } = await lifecycleHooks.begin([INSTANCE_ID, 'i-other']);

    expect(waiting).toHaveLength(waits);
    expect(troubles).toEqual(
      [INSTANCE_ID, 'i-other'].map((instanceId) => ({
        instanceId,
        step,
        error: new Error(`${refused} refused`),
      })),
    );
  });

  it('send the heartbeat although the next reconcile cannot be asked for', async () => {
    const { said, lifecycleHooks } = aWorld({ refused: 'requeue' });

    await lifecycleHooks.begin([INSTANCE_ID]);

    expect(said.at(-1)).toBe(`heartbeat nodeeni-launch ${INSTANCE_ID}`);
  });

  it('tell of a group whose hooks cannot be read', async () => {
    const { lifecycleHooks } = aWorld({ unreadable: 'workers' });

    expect(await lifecycleHooks.begin([INSTANCE_ID])).toMatchObject({
      waiting: [],
      troubles: [{ instanceId: INSTANCE_ID, step: 'read' }],
    });
  });

  it('complete the others when one completion is refused', async () => {
    const { said, lifecycleHooks } = aWorld({
      refused: `complete nodeeni-launch ${INSTANCE_ID}`,
    });
    const { waiting } = await lifecycleHooks.begin([INSTANCE_ID, 'i-other']);

    const { actions, troubles } = await lifecycleHooks.finish(waiting, () => READY);

    expect(said).toContain('complete nodeeni-launch i-other CONTINUE');
    expect(actions.map(({ instanceId }) => instanceId)).toEqual(['i-other']);
    expect(troubles).toMatchObject([{ instanceId: INSTANCE_ID, step: 'complete' }]);
  });
});

describe('a hook that names the uid of its cluster', () => {
  const hooks = [{ ...LAUNCH, notificationMetadata: '{"cluster":"prod","clusterUid":"uid-1"}' }];
  const member = { instanceId: INSTANCE_ID, groupName: 'workers', lifecycleState: 'Pending:Wait' };
  const shown = new Map([[INSTANCE_ID, anInstance({ launchTime: new Date(ago(60)) })]]);

  it('is ours by that uid', async () => {
    expect(await begun({ hooks, uid: 'uid-1' })).toEqual(['nodeeni-launch']);
  });

  it.each(['uid-2', undefined])(
    'is neither waited for nor kept alive where ours is %s',
    async (uid) => {
      const { said, lifecycleHooks } = aWorld({ hooks, ...(uid && { uid }) });

      const { waiting } = await lifecycleHooks.begin([INSTANCE_ID]);
      const heartbeats = await lifecycleHooks.keepAlive([member], shown);

      expect(waiting).toEqual([]);
      expect(heartbeats.sent).toBe(0);
      expect(said).toEqual([`ask ${INSTANCE_ID}`]);
    },
  );
});
