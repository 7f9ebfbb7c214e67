import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { failureOf } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { LifecycleHook, ScalingGroup, ScalingProvider } from '#core/ports/scaling.ts';
import type { TelemetryLogger } from '#core/ports/telemetry.ts';
import { loggedChanges } from '../logged-change.ts';
import { createLookUpCache } from '../look-up-cache.ts';
import { allPages, inChunks } from '../paginate.ts';
import type { AutoScalingApi } from './auto-scaling-api.ts';
import { classifyAutoScalingError } from './errors.ts';

/**
 * DescribeAutoScalingInstances takes 50 ids. DescribeAutoScalingGroups takes as many names as MaxRecords says, at most 100
 * (Amazon EC2 Auto Scaling API Reference).
 */
const MOST_IDS = 50;
const MOST_GROUPS = 100;
const CACHE_SECONDS = 300;

const toGroup = ({
  AutoScalingGroupName = '',
  Tags,
  Instances,
}: AutoScalingGroup): ScalingGroup => ({
  groupName: AutoScalingGroupName,
  tags: Object.fromEntries((Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  instances: (Instances ?? []).map(({ InstanceId = '', LifecycleState = '' }) => ({
    instanceId: InstanceId,
    groupName: AutoScalingGroupName,
    lifecycleState: LifecycleState,
  })),
});

const transitionOf = (transition: string | undefined): LifecycleHook['transition'] =>
  transition === 'autoscaling:EC2_INSTANCE_TERMINATING' ? 'terminating' : 'launching';

/** Auto Scaling in our words. Who waits is always read anew; hooks and tags are remembered for five minutes. */
export const createScalingProvider = ({
  autoScaling,
  clock,
  logger,
}: {
  readonly autoScaling: AutoScalingApi;
  readonly clock: Clock;
  readonly logger: TelemetryLogger;
}): ScalingProvider => {
  const change = loggedChanges(logger, classifyAutoScalingError);

  const call = async <T>(operation: string, send: () => Promise<T>): Promise<T> => {
    try {
      return await send();
    } catch (error) {
      throw classifyAutoScalingError(operation, error);
    }
  };

  const describeGroups = (AutoScalingGroupNames: string[]): Promise<ScalingGroup[]> =>
    allPages(async (NextToken) => {
      const answer = await call('DescribeAutoScalingGroups', () =>
        autoScaling.describeAutoScalingGroups({
          AutoScalingGroupNames,
          MaxRecords: MOST_GROUPS,
          ...(NextToken !== undefined && { NextToken }),
        }),
      );
      return { items: (answer.AutoScalingGroups ?? []).map(toGroup), nextToken: answer.NextToken };
    });

  const getGroups = (groupNames: readonly string[]): Promise<ScalingGroup[]> =>
    inChunks(groupNames, MOST_GROUPS, describeGroups);

  const readTags = createLookUpCache<ScalingGroup['tags']>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (names) =>
      new Map((await getGroups(names)).map(({ groupName, tags }) => [groupName, [tags]])),
  });

  const hooksOf = async (groupName: string): Promise<LifecycleHook[]> => {
    const answer = await call('DescribeLifecycleHooks', () =>
      autoScaling.describeLifecycleHooks({ AutoScalingGroupName: groupName }),
    );
    return (answer.LifecycleHooks ?? []).map((hook) => ({
      groupName,
      hookName: hook.LifecycleHookName ?? '',
      transition: transitionOf(hook.LifecycleTransition),
      heartbeatTimeoutSeconds: hook.HeartbeatTimeout ?? 3600,
      notificationMetadata: hook.NotificationMetadata ?? '',
    }));
  };

  const readHooks = createLookUpCache<LifecycleHook>({
    clock,
    timeToLiveSeconds: CACHE_SECONDS,
    read: async (names) =>
      new Map(await Promise.all(names.map(async (name) => [name, await hooksOf(name)] as const))),
  });

  return {
    async getInstances(instanceIds) {
      const found = await inChunks(instanceIds, MOST_IDS, async (InstanceIds) => {
        const { AutoScalingInstances = [] } = await call('DescribeAutoScalingInstances', () =>
          autoScaling.describeAutoScalingInstances({ InstanceIds }),
        );
        return AutoScalingInstances;
      });
      return new Map(
        found.map(({ InstanceId = '', AutoScalingGroupName = '', LifecycleState = '' }) => [
          InstanceId,
          {
            instanceId: InstanceId,
            groupName: AutoScalingGroupName,
            lifecycleState: LifecycleState,
          },
        ]),
      );
    },

    getGroups,
    getGroupTags: async (groupName) => (await readTags([groupName]))[0] ?? {},

    async getHooks(groupName, options) {
      try {
        return await readHooks([groupName], options);
      } catch (error) {
        // ValidationError: the group is gone, and an instance that still carries its name waits for nobody. Not
        // remembered, since a new group may take the name.
        if (failureOf(error) === 'AlreadyDone') return [];
        throw error;
      }
    },

    async complete(hook, instanceId, result, cause) {
      try {
        await change({
          call: 'CompleteLifecycleAction',
          cause: { instanceId, ...cause },
          send: () =>
            autoScaling.completeLifecycleAction({
              AutoScalingGroupName: hook.groupName,
              LifecycleHookName: hook.hookName,
              InstanceId: instanceId,
              LifecycleActionResult: result,
            }),
          facts: () => ({ group: hook.groupName, hook: hook.hookName, result }),
        });
        return 'completed';
      } catch (error) {
        if (failureOf(error) === 'AlreadyDone') return 'already-completed';
        throw error;
      }
    },

    async heartbeat(hook, instanceId, cause) {
      try {
        await change({
          call: 'RecordLifecycleActionHeartbeat',
          cause: { instanceId, ...cause },
          send: () =>
            autoScaling.recordLifecycleActionHeartbeat({
              AutoScalingGroupName: hook.groupName,
              LifecycleHookName: hook.hookName,
              InstanceId: instanceId,
            }),
          facts: () => ({ group: hook.groupName, hook: hook.hookName }),
        });
      } catch (error) {
        if (failureOf(error) !== 'AlreadyDone') throw error;
      }
    },
  };
};
