import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { LifecycleHook, ScalingInstance, ScalingProvider } from '#core/ports/scaling.ts';
import { instanceKey, type WorkQueue } from '#core/ports/work-queue.ts';
import type { InstanceReadiness } from '#core/readiness.ts';
import { hookSettings } from '#core/scaling/hook-metadata.ts';
import type { HookAction } from './actions.ts';
import { executeHook } from './execute.ts';
import { planHook, type Waiting } from './plan.ts';

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

  const keepAlive = async ({ instanceId, hook }: Waiting): Promise<void> => {
    await workQueue.lookAgain(instanceKey(instanceId), NEXT_LOOK_SECONDS);
    // A terminate hook is left to expire when we cannot work: the instance ends all the same.
    if (hook.transition === 'launching') await scaling.heartbeat(hook, instanceId);
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
      await Promise.all(waiting.flat().map(keepAlive));
      return waiting.flat();
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
