import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { ClusterIdentity } from '#core/ports/cluster.ts';
import type { LifecycleHook, ScalingInstance, ScalingProvider } from '#core/ports/scaling.ts';
import { instanceKey, type WorkQueue } from '#core/ports/work-queue.ts';
import type { InstanceReadiness } from '#core/readiness.ts';
import { REQUEUE_SECONDS } from '#core/requeue.ts';
import { asksForUid, hookFault, hookSettings } from '#core/scaling/hook-metadata.ts';
import { awaitedTransition } from '#core/scaling/lifecycle-state.ts';
import { type Heartbeats, STILL_WAITING, sendHeartbeats } from '#core/scaling/send-heartbeats.ts';
import type { HookAction } from './actions.ts';
import { createEndings } from './endings.ts';
import { executeHook } from './execute.ts';
import { mayHeartbeat, planHook, type Waiting } from './plan.ts';

/** What went wrong for one instance beside its interfaces; nothing else of it, and nobody else, is kept by that. */
export interface HookTrouble {
  readonly instanceId: string;
  /**
   * `read`: nobody knows what it waits for. `metadata`: a hook of ours says what cannot be read. `requeue`: its chain of
   * reconciles is broken.
   */
  readonly step: 'read' | 'metadata' | 'requeue' | 'heartbeat' | 'complete';
  readonly error: unknown;
}

/** What is known of the hooks before the reconcile. */
export interface Begun {
  /** Those that wait for one of our hooks. */
  readonly waiting: readonly Waiting[];
  /** Those that Auto Scaling ends, whoever's hook holds them: nothing new is built on them. */
  readonly ending: ReadonlySet<string>;
  readonly troubles: readonly HookTrouble[];
}

export interface LifecycleHooks {
  /**
   * Finds the instances that wait for one of our hooks. For each, the next reconcile is asked for first and the heartbeat
   * sent second, so that nothing that fails later leaves a hook to time out. Without `instances` (EC2 does not
   * answer) Auto Scaling is asked about every id. Never throws.
   */
  begin(instanceIds: readonly string[], instances?: ReadonlyMap<string, Instance>): Promise<Begun>;
  /**
   * Sends the heartbeats of these members that wait for one of our launch hooks, and does nothing else: for when their own
   * reconciles take long to come. Those that `instances` does not show are left out, since nobody knows their deadline.
   */
  keepAlive(
    members: readonly ScalingInstance[],
    instances: ReadonlyMap<string, Instance>,
  ): Promise<Heartbeats>;
  /** Completes those whose interfaces are there, whose time is up, or for which there is no hope. Never throws. */
  finish(
    waiting: readonly Waiting[],
    readiness: (instanceId: string) => InstanceReadiness,
  ): Promise<{
    readonly actions: readonly HookAction[];
    readonly troubles: readonly HookTrouble[];
  }>;
}

interface Dependencies {
  readonly clock: Clock;
  readonly clusterName: string;
  readonly identity: ClusterIdentity;
  readonly scaling: ScalingProvider;
  readonly workQueue: WorkQueue;
}

/** Sooner for a short time-out: the grid of the queue and its delay make up to 7 s more of it. */
const requeueSecondsFor = ({ heartbeatTimeoutSeconds }: LifecycleHook): number =>
  Math.min(REQUEUE_SECONDS, heartbeatTimeoutSeconds / 4);

/** What members wait for of ours, and what of that cannot be read. */
interface Waits {
  readonly waiting: readonly Waiting[];
  readonly troubles: readonly HookTrouble[];
}

const NO_WAITS: Waits = { waiting: [], troubles: [] };

const unreadable = ({ hookName, groupName }: LifecycleHook, fault: string): CallError =>
  new CallError(
    'Invalid',
    'HookUnreadable',
    `The metadata of hook ${hookName} of group ${groupName} cannot be read: ${fault}. The hook is neither kept alive nor completed, and runs into its timeout`,
  );

export const createLifecycleHooks = (dependencies: Dependencies): LifecycleHooks => {
  const { clock, clusterName, identity, scaling, workQueue } = dependencies;
  const endings = createEndings();

  /** Our uid, where a hook that carries our name asks for one: the others are looked after while Kubernetes is unreachable. */
  const uidFor = (hooks: readonly LifecycleHook[]): Promise<string | undefined> =>
    hooks.some((hook) => asksForUid(hook, clusterName))
      ? identity.uid()
      : Promise.resolve(undefined);

  const waitsOf = async (member: ScalingInstance, launchTime: Date | undefined): Promise<Waits> => {
    const transition = awaitedTransition(member);
    if (transition === undefined) return NO_WAITS;
    const { instanceId, groupName } = member;
    const waitsFor = async (all: readonly LifecycleHook[]): Promise<Waits> => {
      const hooks = all.filter((hook) => hook.transition === transition);
      const cluster = { name: clusterName, uid: await uidFor(hooks) };
      const waiting = hooks.flatMap((hook) => {
        const settings = hookSettings(hook, cluster);
        if (settings === undefined) return [];
        return [{ instanceId, hook, settings, ...(launchTime && { launchTime }) }];
      });
      const troubles = hooks.flatMap((hook): HookTrouble[] => {
        const fault = hookFault(hook, cluster);
        if (fault === undefined) return [];
        return [{ instanceId, step: 'metadata', error: unreadable(hook, fault) }];
      });
      return { waiting, troubles };
    };
    const known = await waitsFor(await scaling.getHooks(groupName));
    if (known.waiting.length > 0) return known;
    // It waits for something: for a hook of ours, perhaps, that is younger than what is remembered of the group.
    return waitsFor(await scaling.getHooks(groupName, { isFresh: true }));
  };

  /** What cannot be read of one is reported, and keeps nobody else. */
  const waitsAmong = async (
    members: readonly ScalingInstance[],
    instances: ReadonlyMap<string, Instance> | undefined,
  ): Promise<Waits> => {
    const all = await Promise.all(
      members.map((member) => {
        const { instanceId } = member;
        return waitsOf(member, instances?.get(instanceId)?.launchTime).catch(
          (error: unknown): Waits => ({
            waiting: [],
            troubles: [{ instanceId, step: 'read', error }],
          }),
        );
      }),
    );
    return {
      waiting: all.flatMap(({ waiting }) => waiting),
      troubles: all.flatMap(({ troubles }) => troubles),
    };
  };

  const attend = async (waiting: Waiting): Promise<HookTrouble[]> => {
    const { instanceId, hook } = waiting;
    const troubles: HookTrouble[] = [];
    const attempt = (step: HookTrouble['step'], call: Promise<unknown>) =>
      call.catch((error: unknown) => troubles.push({ instanceId, step, error }));
    await attempt(
      'requeue',
      workQueue.requeueAfter(instanceKey(instanceId), requeueSecondsFor(hook)),
    );
    if (mayHeartbeat(waiting, clock.now()))
      await attempt('heartbeat', scaling.heartbeat(hook, instanceId, { why: STILL_WAITING }));
    return troubles;
  };

  return {
    async begin(instanceIds, instances) {
      const ids = instanceIds.filter(
        (id) => instances === undefined || ASG_NAME_TAG in (instances.get(id)?.tags ?? {}),
      );
      const unread: HookTrouble[] = [];
      const known =
        ids.length === 0
          ? new Map<string, ScalingInstance>()
          : await scaling.getInstances(ids).catch((error: unknown) => {
              for (const instanceId of ids) unread.push({ instanceId, step: 'read', error });
              return undefined;
            });
      const ending = endings.among(ids, known);
      const { waiting, troubles } = await waitsAmong([...(known?.values() ?? [])], instances);
      const refused = await Promise.all(waiting.map(attend));
      return { waiting, ending, troubles: [...unread, ...troubles, ...refused.flat()] };
    },

    async keepAlive(members, instances) {
      const shown = members.filter(({ instanceId }) => instances.has(instanceId));
      const { waiting, troubles } = await waitsAmong(shown, instances);
      const due = waiting.filter((entry) => mayHeartbeat(entry, clock.now()));
      const { sent, errors: refused } = await sendHeartbeats(due, { clock, scaling });
      return {
        sent,
        errors: [...new Set(troubles.map(({ error }) => inWords(error))), ...refused],
      };
    },

    async finish(waiting, readiness) {
      const troubles: HookTrouble[] = [];
      const actions = await Promise.all(
        waiting.map(async (entry) => {
          const { instanceId } = entry;
          const action = planHook(entry, readiness(instanceId), clock.now());
          return executeHook(scaling, action).then(
            () => [action],
            (error: unknown) => {
              troubles.push({ instanceId, step: 'complete', error });
              return [];
            },
          );
        }),
      );
      return { actions: actions.flat(), troubles };
    },
  };
};

const inWords = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
