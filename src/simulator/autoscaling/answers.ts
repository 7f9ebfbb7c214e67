import type { LifecycleState } from '@aws-sdk/client-auto-scaling';
import type { AutoScalingApi } from '#providers/autoscaling/auto-scaling-api.ts';
import { pageOf } from '../ec2/pages.ts';
import { autoScalingError } from './errors.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Member, SimulatedGroup } from './model.ts';

const MOST_IDS = 50;

interface Setting {
  readonly groups: ReadonlyMap<string, SimulatedGroup>;
  readonly lifecycle: Lifecycle;
}

/** The Auto Scaling calls of the SDK surface. */
export const createAutoScalingAnswers = ({ groups, lifecycle }: Setting): AutoScalingApi => {
  const memberOf = (
    groupName: string | undefined,
    instanceId: string | undefined,
  ): Member | undefined => groups.get(groupName ?? '')?.members.get(instanceId ?? '');

  // "No active Lifecycle Action found": what a second completion gets.
  const refuse = (instanceId: string | undefined): never => {
    throw autoScalingError(
      'ValidationError',
      `No active Lifecycle Action found with instance ID ${instanceId}`,
    );
  };

  const details = (group: SimulatedGroup) =>
    [...group.members.values()].map(({ instanceId, state }) => ({
      InstanceId: instanceId,
      AutoScalingGroupName: group.name,
      LifecycleState: state as LifecycleState,
      AvailabilityZone: '',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
    }));

  return {
    async describeAutoScalingGroups({ AutoScalingGroupNames, MaxRecords, NextToken }) {
      const chosen = [...groups.values()].filter(
        ({ name }) => AutoScalingGroupNames?.includes(name) ?? true,
      );
      const { items, next } = pageOf(chosen, ({ name }) => name, {
        size: MaxRecords ?? 50,
        token: NextToken,
      });
      return {
        AutoScalingGroups: items.map((group) => ({
          AutoScalingGroupName: group.name,
          MinSize: 0,
          MaxSize: 1000,
          DesiredCapacity: group.members.size,
          DefaultCooldown: 300,
          AvailabilityZones: [],
          HealthCheckType: 'EC2',
          CreatedTime: new Date(0),
          Instances: details(group),
          Tags: Object.entries(group.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
        })),
        ...next,
        $metadata: {},
      };
    },

    async describeAutoScalingInstances({ InstanceIds = [] }) {
      if (InstanceIds.length > MOST_IDS)
        throw autoScalingError(
          'ValidationError',
          `The number of instance ids must be at most ${MOST_IDS}`,
        );
      const all = [...groups.values()].flatMap(details);
      const AutoScalingInstances = all.filter(({ InstanceId }) => InstanceIds.includes(InstanceId));
      return { AutoScalingInstances, $metadata: {} };
    },

    async describeLifecycleHooks({ AutoScalingGroupName }) {
      const { hooks = [] } = groups.get(AutoScalingGroupName ?? '') ?? {};
      return {
        LifecycleHooks: hooks.map((hook) => ({
          AutoScalingGroupName,
          LifecycleHookName: hook.name,
          LifecycleTransition: hook.transition,
          HeartbeatTimeout: hook.heartbeatTimeoutSeconds,
          DefaultResult: hook.defaultResult,
          NotificationMetadata: hook.notificationMetadata ?? '',
        })),
        $metadata: {},
      };
    },

    async completeLifecycleAction(input) {
      const {
        AutoScalingGroupName,
        InstanceId,
        LifecycleHookName = '',
        LifecycleActionResult,
      } = input;
      const member = memberOf(AutoScalingGroupName, InstanceId);
      const result = LifecycleActionResult === 'CONTINUE' ? 'CONTINUE' : 'ABANDON';
      if (member === undefined || !lifecycle.complete(member, LifecycleHookName, result))
        refuse(InstanceId);
      return { $metadata: {} };
    },

    async recordLifecycleActionHeartbeat({
      AutoScalingGroupName,
      InstanceId,
      LifecycleHookName = '',
    }) {
      const member = memberOf(AutoScalingGroupName, InstanceId);
      if (member === undefined || !lifecycle.heartbeat(member, LifecycleHookName))
        refuse(InstanceId);
      return { $metadata: {} };
    },
  };
};
