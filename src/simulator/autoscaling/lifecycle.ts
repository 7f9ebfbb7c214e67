import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { ServiceEvent } from '../aws-event.ts';
import type { SimulatedEc2 } from '../ec2/simulated-ec2.ts';
import type { Random } from '../random.ts';
import type { Completion, Member, SimulatedGroup, SimulatedHook, Wait } from './model.ts';

interface Setting {
  readonly clock: Clock;
  readonly ec2: SimulatedEc2;
  readonly random: Random;
}

type Place = 'EC2' | 'AutoScalingGroup' | 'WarmPool';

/** A wait ends after 48 hours or 100 heartbeats, whichever is sooner ("How lifecycle hooks work"). */
const longestWaitMs = ({ heartbeatTimeoutSeconds }: SimulatedHook): number =>
  Math.min(48 * 3600, 100 * heartbeatTimeoutSeconds) * 1000;

/** What happens to members from launch to termination ("Amazon EC2 Auto Scaling instance lifecycle"). */
export const createLifecycle = ({ clock, ec2, random }: Setting) => {
  const listeners = new Set<(event: ServiceEvent) => void>();
  const completions: Completion[] = [];

  const tell = (
    group: SimulatedGroup,
    member: Member,
    wait: Wait,
    from: Place,
    to: Place,
  ): void => {
    const isLaunch = wait.hook.transition === 'autoscaling:EC2_INSTANCE_LAUNCHING';
    const event: ServiceEvent = {
      source: 'aws.autoscaling',
      'detail-type': `EC2 Instance-${isLaunch ? 'launch' : 'terminate'} Lifecycle Action`,
      resources: [
        `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:uuid:autoScalingGroupName/${group.name}`,
      ],
      detail: {
        LifecycleActionToken: wait.token,
        AutoScalingGroupName: group.name,
        LifecycleHookName: wait.hook.name,
        EC2InstanceId: member.instanceId,
        LifecycleTransition: wait.hook.transition,
        NotificationMetadata: wait.hook.notificationMetadata ?? '',
        Origin: from,
        Destination: to,
      },
    };
    for (const listener of listeners) listener(event);
  };

  const watchDeadline = async (member: Member, wait: Wait): Promise<void> => {
    while (member.waits.get(wait.hook.name) === wait) {
      const left = wait.deadline - clock.now().getTime();
      if (left <= 0) {
        wait.resolve({ result: wait.hook.defaultResult, by: 'timeout' });
        return;
      }
      await clock.sleep(left);
    }
  };

  const waitFor = async (
    group: SimulatedGroup,
    member: Member,
    hook: SimulatedHook,
    from: Place,
    to: Place,
  ) => {
    const { promise, resolve } = Promise.withResolvers<Parameters<Wait['resolve']>[0]>();
    const now = clock.now().getTime();
    const wait: Wait = {
      hook,
      token: random.id('token'),
      since: now,
      deadline: now + hook.heartbeatTimeoutSeconds * 1000,
      resolve,
    };
    member.waits.set(hook.name, wait);
    tell(group, member, wait, from, to);
    void watchDeadline(member, wait);
    const end = await promise;
    member.waits.delete(hook.name);
    completions.push({
      instanceId: member.instanceId,
      hookName: hook.name,
      ...end,
      at: clock.now(),
    });
    return end.result;
  };

  const hold = async (
    group: SimulatedGroup,
    member: Member,
    transition: SimulatedHook['transition'],
    from: Place,
    to: Place,
  ) => {
    const hooks = group.hooks.filter((hook) => hook.transition === transition);
    const results = await Promise.all(hooks.map((hook) => waitFor(group, member, hook, from, to)));
    return results.includes('ABANDON') ? 'ABANDON' : 'CONTINUE';
  };

  const end = (group: SimulatedGroup, member: Member): void => {
    group.members.delete(member.instanceId);
    ec2.fleet.terminateInstance(member.instanceId);
  };

  const terminate = async (group: SimulatedGroup, member: Member): Promise<void> => {
    for (const wait of member.waits.values()) wait.resolve({ result: 'ABANDON', by: 'timeout' });
    member.state = 'Terminating:Wait';
    await hold(group, member, 'autoscaling:EC2_INSTANCE_TERMINATING', 'AutoScalingGroup', 'EC2');
    end(group, member);
  };

  const enter = async (group: SimulatedGroup, member: Member): Promise<void> => {
    const prefix = group.hasWarmPool ? 'Warmed:' : '';
    member.state = `${prefix}Pending:Wait`;
    const to = group.hasWarmPool ? 'WarmPool' : 'AutoScalingGroup';
    const result = await hold(group, member, 'autoscaling:EC2_INSTANCE_LAUNCHING', 'EC2', to);
    if (member.state.startsWith('Terminating')) return;
    if (result === 'ABANDON') {
      end(group, member);
      launch(group); // an abandoned launch is replaced
      return;
    }
    member.state = group.hasWarmPool ? 'Warmed:Stopped' : 'InService';
    if (group.hasWarmPool) ec2.fleet.stopInstance(member.instanceId);
  };

  const launch = (group: SimulatedGroup): void => {
    const subnetId = group.subnetIds[group.launched % group.subnetIds.length] ?? '';
    group.launched += 1;
    const { instanceId } = ec2.fleet.runInstance({
      subnetId,
      ...(group.instanceType !== undefined && { instanceType: group.instanceType }),
      tags: { ...group.instanceTags, [ASG_NAME_TAG]: group.name },
    });
    const member: Member = { instanceId, state: 'Pending', waits: new Map() };
    group.members.set(instanceId, member);
    void enter(group, member);
  };

  const leaveWarmPool = async (group: SimulatedGroup, member: Member): Promise<void> => {
    ec2.fleet.startInstance(member.instanceId);
    member.state = 'Pending:Wait';
    await hold(group, member, 'autoscaling:EC2_INSTANCE_LAUNCHING', 'WarmPool', 'AutoScalingGroup');
    member.state = 'InService';
  };

  return {
    completions,
    launch,
    terminate: (group: SimulatedGroup, member: Member): void => void terminate(group, member),
    leaveWarmPool: (group: SimulatedGroup, member: Member): void =>
      void leaveWarmPool(group, member),
    onEvent: (listener: (event: ServiceEvent) => void): void => void listeners.add(listener),

    complete(member: Member, hookName: string, result: 'CONTINUE' | 'ABANDON'): boolean {
      const wait = member.waits.get(hookName);
      wait?.resolve({ result, by: 'call' });
      member.waits.delete(hookName);
      return wait !== undefined;
    },

    heartbeat(member: Member, hookName: string): boolean {
      const wait = member.waits.get(hookName);
      if (wait === undefined) return false;
      const later = clock.now().getTime() + wait.hook.heartbeatTimeoutSeconds * 1000;
      wait.deadline = Math.min(later, wait.since + longestWaitMs(wait.hook));
      return true;
    },
  };
};

export type Lifecycle = ReturnType<typeof createLifecycle>;
