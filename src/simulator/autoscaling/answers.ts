import type { LifecycleState } from '@aws-sdk/client-auto-scaling';
import type { AutoScalingApi } from '#providers/autoscaling/auto-scaling-api.ts';
import { pageOf } from '../ec2/pages.ts';
import { autoScalingError } from './errors.ts';
import type { Member, SimulatedGroup } from './model.ts';
import { globalTimeoutSeconds, type Waits } from './waits.ts';

/** Ids of one DescribeAutoScalingInstances, and what a describe gives without MaxRecords (Auto Scaling API Reference). */
const MOST_IDS = 50;
const DEFAULT_RECORDS = 50;
const MOST_GROUP_RECORDS = 100;

interface Setting {
  readonly groups: ReadonlyMap<string, SimulatedGroup>;
  readonly waits: Waits;
}

interface ActionInput {
  readonly AutoScalingGroupName: string | undefined;
  readonly LifecycleHookName: string | undefined;
  readonly InstanceId?: string | undefined;
  readonly LifecycleActionToken?: string | undefined;
}

const refuse = (message: string): never => {
  throw autoScalingError('ValidationError', message);
};

const recordsOf = (asked: number | undefined, most: number): number => {
  const size = asked ?? DEFAULT_RECORDS;
  return size >= 1 && size <= most ? size : refuse(`MaxRecords must be between 1 and ${most}`);
};

const isWarm = ({ state }: Member): boolean => state.startsWith('Warmed:');

/** The Auto Scaling calls of the SDK surface. */
export const createAutoScalingAnswers = ({ groups, waits }: Setting): AutoScalingApi => {
  const existing = (name: string | undefined = ''): SimulatedGroup =>
    groups.get(name) ?? refuse(`AutoScalingGroup name not found - ${name}`);

  /** The member whose action is meant, by its id or by the token alone; a token that is given must fit. */
  const actingMember = (input: ActionInput): Member => {
    const { InstanceId, LifecycleActionToken: token, LifecycleHookName = '' } = input;
    const named = InstanceId === undefined ? `token ${token}` : `instance ID ${InstanceId}`;
    if (InstanceId === undefined && token === undefined)
      refuse('An instance ID or a lifecycle action token is needed');
    const member = [...existing(input.AutoScalingGroupName).members.values()].find(
      ({ instanceId, waits: open }) =>
        (InstanceId ?? instanceId) === instanceId &&
        (token === undefined || open.get(LifecycleHookName)?.token === token),
    );
    const isOpen = member?.waits.has(LifecycleHookName) ?? false;
    if (member === undefined || !isOpen)
      return refuse(`No active Lifecycle Action found with ${named}`);
    return member;
  };

  const details = (group: SimulatedGroup, members: Iterable<Member>) =>
    [...members].map(({ instanceId, state }) => ({
      InstanceId: instanceId,
      AutoScalingGroupName: group.name,
      LifecycleState: state as LifecycleState,
      AvailabilityZone: '',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
    }));

  return {
    // Instances of a warm pool are not listed here, only in DescribeWarmPool and DescribeAutoScalingInstances.
    async describeAutoScalingGroups({ AutoScalingGroupNames, MaxRecords, NextToken }) {
      const size = recordsOf(MaxRecords, MOST_GROUP_RECORDS);
      // "AutoScalingGroupNames": 50 names, and more only where MaxRecords is more.
      const mostNames = Math.max(size, DEFAULT_RECORDS);
      if ((AutoScalingGroupNames ?? []).length > mostNames)
        refuse(`The number of group names must be at most ${mostNames}`);
      const chosen = [...groups.values()].filter(
        ({ name }) => AutoScalingGroupNames?.includes(name) ?? true,
      );
      const { items, next } = pageOf(chosen, ({ name }) => name, { size, token: NextToken });
      return {
        AutoScalingGroups: items.map((group) => ({
          AutoScalingGroupName: group.name,
          MinSize: 0,
          MaxSize: 1000,
          DesiredCapacity: group.desiredCapacity,
          DefaultCooldown: 300,
          AvailabilityZones: [],
          HealthCheckType: 'EC2',
          CreatedTime: new Date(0),
          Instances: details(
            group,
            [...group.members.values()].filter((member) => !isWarm(member)),
          ),
          WarmPoolSize: [...group.members.values()].filter(isWarm).length,
          Tags: Object.entries(group.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
        })),
        ...next,
        $metadata: {},
      };
    },

    async describeAutoScalingInstances({ InstanceIds, MaxRecords, NextToken }) {
      if (InstanceIds !== undefined && InstanceIds.length > MOST_IDS)
        refuse(`The number of instance ids must be at most ${MOST_IDS}`);
      const size = recordsOf(MaxRecords, MOST_IDS);
      const all = [...groups.values()].flatMap((group) => details(group, group.members.values()));
      const asked = all.filter(({ InstanceId }) => InstanceIds?.includes(InstanceId) ?? true);
      const { items, next } = pageOf(asked, ({ InstanceId }) => InstanceId, {
        size,
        token: NextToken,
      });
      return { AutoScalingInstances: [...items], ...next, $metadata: {} };
    },

    async describeLifecycleHooks({ AutoScalingGroupName, LifecycleHookNames }) {
      const hooks = [...existing(AutoScalingGroupName).hooks.values()].filter(
        ({ name }) => LifecycleHookNames?.includes(name) ?? true,
      );
      return {
        LifecycleHooks: hooks.map((hook) => ({
          AutoScalingGroupName,
          LifecycleHookName: hook.name,
          LifecycleTransition: hook.transition,
          HeartbeatTimeout: hook.heartbeatTimeoutSeconds,
          GlobalTimeout: globalTimeoutSeconds(hook),
          DefaultResult: hook.defaultResult,
          NotificationMetadata: hook.notificationMetadata,
          NotificationTargetARN: hook.notificationTargetArn,
        })),
        $metadata: {},
      };
    },

    async completeLifecycleAction(input) {
      const { LifecycleHookName = '', LifecycleActionResult: result } = input;
      if (result !== 'CONTINUE' && result !== 'ABANDON')
        return refuse('Lifecycle Action Result must be CONTINUE or ABANDON');
      waits.complete(actingMember(input), LifecycleHookName, result);
      return { $metadata: {} };
    },

    async recordLifecycleActionHeartbeat(input) {
      waits.heartbeat(actingMember(input), input.LifecycleHookName ?? '');
      return { $metadata: {} };
    },
  };
};
