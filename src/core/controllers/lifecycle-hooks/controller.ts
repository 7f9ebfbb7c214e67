import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { LifecycleHook, ScalingInstance, ScalingProvider } from '#core/ports/scaling.ts';
import { instanceKey, type WorkQueue } from '#core/ports/work-queue.ts';
import type { InstanceReadiness } from '#core/readiness.ts';
import { hookSettings } from '#core/scaling/hook-metadata.ts';
import type { HookAction } from './actions.ts';
import { beatAll, type Heartbeats } from './beat-all.ts';
import { executeHook } from './execute.ts';
import { mayBeat, planHook, type Waiting } from './plan.ts';

export interface LifecycleHooks {
  /**
   * Finds the instances that wait for one of our hooks. For each, the next look is asked for first and the heartbeat
   * sent second, so that nothing that fails later leaves a hook to time out. Without `instances` (EC2 does not
   * answer) Auto Scaling is asked about every id.
   */
  begin(
    instanceIds: readonly string[],
    instances?: ReadonlyMap<string, Instance>,
  ): Promise<readonly Waiting[]>;
  /**
   * Sends the heartbeats of these members that wait for one of our launch hooks, and does nothing else: for when their own
   * looks take long to come. Those that `instances` does not show are left out, since nobody knows their deadline.
   */
  keepAlive(
    members: readonly ScalingInstance[],
    instances: ReadonlyMap<string, Instance>,
  ): Promise<Heartbeats>;
  /** Completes those whose interfaces are there, whose time is up, or for which there is no hope. */
  finish(
    waiting: readonly Waiting[],
    readiness: (instanceId: string) => InstanceReadiness,
  ): Promise<readonly HookAction[]>;
}

interface Dependencies {
  readonly clock: Clock;
  readonly clusterName: string;
  readonly scaling: ScalingProvider;
  readonly workQueue: WorkQueue;
}

const NEXT_LOOK_SECONDS = 15;

/** Sooner for a short time-out: the grid of the queue and its delay make up to 7 s more of it. */
const nextLookSeconds = ({ heartbeatTimeoutSeconds }: LifecycleHook): number =>
  Math.min(NEXT_LOOK_SECONDS, heartbeatTimeoutSeconds / 4);

const transitionOf = ({
  lifecycleState,
}: ScalingInstance): LifecycleHook['transition'] | undefined => {
  if (!lifecycleState.endsWith(':Wait')) return undefined;
  return lifecycleState.includes('Terminating') ? 'terminating' : 'launching';
};

/** Instances that Auto Scaling is about to end: nothing new is built on them. */
export const terminatingAmong = (waiting: readonly Waiting[]): ReadonlySet<string> =>
  new Set(
    waiting
      .filter(({ hook }) => hook.transition === 'terminating')
      .map(({ instanceId }) => instanceId),
  );

export const createLifecycleHooks = (dependencies: Dependencies): LifecycleHooks => {
  const { clock, clusterName, scaling, workQueue } = dependencies;

  const waitsOf = async (
    member: ScalingInstance,
    launchTime: Date | undefined,
  ): Promise<Waiting[]> => {
    const transition = transitionOf(member);
    if (transition === undefined) return [];
    const hooks = await scaling.getHooks(member.groupName);
    return hooks
      .filter((hook) => hook.transition === transition)
      .flatMap((hook) => {
        const settings = hookSettings(hook, { name: clusterName });
        if (settings === undefined) return [];
        const { instanceId } = member;
        return [{ instanceId, hook, settings, ...(launchTime && { launchTime }) }];
      });
  };

  const attend = async (waiting: Waiting): Promise<void> => {
    const { instanceId, hook } = waiting;
    await workQueue.lookAgain(instanceKey(instanceId), nextLookSeconds(hook));
    if (mayBeat(waiting, clock.now())) await scaling.heartbeat(hook, instanceId);
  };

  /** A group whose hooks cannot be read has none here, and is complained of. */
  const waitsIn = async (
    members: readonly ScalingInstance[],
    instances: ReadonlyMap<string, Instance>,
  ) => {
    const errors = new Set<string>();
    const waits = members.map((member) =>
      waitsOf(member, instances.get(member.instanceId)?.launchTime).catch((error: unknown) => {
        errors.add(error instanceof Error ? error.message : String(error));
        return [];
      }),
    );
    return { waiting: (await Promise.all(waits)).flat(), errors };
  };

  return {
    async begin(instanceIds, instances) {
      const members = instanceIds.filter(
        (id) => instances === undefined || ASG_NAME_TAG in (instances.get(id)?.tags ?? {}),
      );
      if (members.length === 0) return [];
      const known = await scaling.getInstances(members);
      const waiting = await Promise.all(
        [...known.values()].map((member) =>
          waitsOf(member, instances?.get(member.instanceId)?.launchTime),
        ),
      );
      await Promise.all(waiting.flat().map(attend));
      return waiting.flat();
    },

    async keepAlive(members, instances) {
      const shown = members.filter(({ instanceId }) => instances.has(instanceId));
      const { waiting, errors } = await waitsIn(shown, instances);
      const due = waiting.filter((entry) => mayBeat(entry, clock.now()));
      const { sent, errors: refused } = await beatAll(due, { clock, scaling });
      return { sent, errors: [...errors, ...refused] };
    },

    async finish(waiting, readiness) {
      const actions = waiting.map((entry) =>
        planHook(entry, readiness(entry.instanceId), clock.now()),
      );
      await Promise.all(actions.map((action) => executeHook(scaling, action)));
      return actions;
    },
  };
};
