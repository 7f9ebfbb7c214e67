import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { SimulatedEc2 } from '../ec2/simulated-ec2.ts';
import { hearInstances } from './instance-news.ts';
import type { Member, Passage, SimulatedGroup, SimulatedHook, Wait } from './model.ts';
import type { HoldResult, Waits } from './waits.ts';

interface Setting {
  readonly clock: Clock;
  readonly ec2: SimulatedEc2;
  readonly groups: ReadonlyMap<string, SimulatedGroup>;
  readonly waits: Waits;
  /** True: launches are announced while EC2 still says `pending`; AWS promises no order. */
  readonly isHookEarly: boolean;
  readonly announce: (
    begun: Passage & {
      readonly group: SimulatedGroup;
      readonly member: Member;
      readonly wait: Wait;
    },
  ) => void;
}

/** Time until a health check finds that an instance is gone. */
const HEALTH_CHECK_SECONDS = 60;

/** An abandoned instance is ended before another is launched for it. How long that takes is an assumption. */
const REPLACEMENT_SECONDS = 5;

const isLeaving = ({ state }: Member): boolean => state.includes('Terminating');

/** What happens to members from launch to termination ("Amazon EC2 Auto Scaling instance lifecycle"). */
export const createLifecycle = (setting: Setting) => {
  const { clock, ec2, groups, waits, isHookEarly, announce } = setting;

  /** Holds a member in `<state>:Wait` while hooks of the transition are open. */
  const hold = (
    group: SimulatedGroup,
    member: Member,
    passage: Passage & {
      readonly state: string;
      readonly transition: SimulatedHook['transition'];
    },
  ): Promise<HoldResult> => {
    const { state, transition, from, to } = passage;
    const hooks = [...group.hooks.values()].filter((hook) => hook.transition === transition);
    member.state = hooks.length > 0 ? `${state}:Wait` : state;
    return waits.hold(member, hooks, (wait) => announce({ group, member, wait, from, to }));
  };

  const end = (group: SimulatedGroup, member: Member): void => {
    group.members.delete(member.instanceId);
    ec2.fleet.terminateInstance(member.instanceId);
  };

  const staying = (group: SimulatedGroup): readonly Member[] =>
    [...group.members.values()].filter((member) => !isLeaving(member));

  const fill = (group: SimulatedGroup): void => {
    for (let count = staying(group).length; count < group.desiredCapacity; count += 1)
      launch(group);
  };

  const fillLater = async (group: SimulatedGroup, seconds: number): Promise<void> => {
    await clock.sleep(seconds * 1000);
    fill(group);
  };

  /** False when the member did not come through: it was abandoned, and is replaced, or is on its way out. */
  const passLaunchHooks = async (
    group: SimulatedGroup,
    member: Member,
    passage: Passage & { readonly state: string },
  ): Promise<boolean> => {
    member.state = passage.state;
    if (!isHookEarly) await started(member.instanceId);
    if (isLeaving(member) || !group.members.has(member.instanceId)) return false;
    const transition = 'autoscaling:EC2_INSTANCE_LAUNCHING';
    const result = await hold(group, member, { ...passage, transition });
    if (result === 'ABANDON') {
      end(group, member);
      void fillLater(group, REPLACEMENT_SECONDS);
    }
    return result === 'CONTINUE';
  };

  const enter = async (group: SimulatedGroup, member: Member): Promise<void> => {
    const passage: Passage & { readonly state: string } = group.hasWarmPool
      ? { state: 'Warmed:Pending', from: 'EC2', to: 'WarmPool' }
      : { state: 'Pending', from: 'EC2', to: 'AutoScalingGroup' };
    if (!(await passLaunchHooks(group, member, passage))) return;
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

  const terminate = async (group: SimulatedGroup, member: Member): Promise<void> => {
    waits.cancel(member);
    const isWarm = member.state.startsWith('Warmed:');
    await hold(group, member, {
      state: isWarm ? 'Warmed:Terminating' : 'Terminating',
      transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      from: isWarm ? 'WarmPool' : 'AutoScalingGroup',
      to: 'EC2',
    });
    end(group, member);
  };

  const leaveWarmPool = async (group: SimulatedGroup, member: Member): Promise<void> => {
    ec2.fleet.startInstance(member.instanceId);
    const passage = { state: 'Pending', from: 'WarmPool', to: 'AutoScalingGroup' } as const;
    if (await passLaunchHooks(group, member, passage)) member.state = 'InService';
  };

  /** An instance that ended by other hands is replaced ("Health checks for instances in an Auto Scaling group"). */
  const replace = async (instanceId: string): Promise<void> => {
    const group = [...groups.values()].find(({ members }) => members.has(instanceId));
    const member = group?.members.get(instanceId);
    if (group === undefined || member === undefined) return;
    waits.cancel(member);
    group.members.delete(instanceId);
    await fillLater(group, HEALTH_CHECK_SECONDS);
  };

  const started = hearInstances({ ec2, onGone: (instanceId) => void replace(instanceId) });

  return {
    /** Launches what is missing, ends the oldest that are too many. */
    setDesiredCapacity(group: SimulatedGroup, desiredCapacity: number): void {
      group.desiredCapacity = desiredCapacity;
      fill(group);
      const members = staying(group);
      for (const member of members.slice(0, Math.max(0, members.length - desiredCapacity)))
        void terminate(group, member);
    },

    leaveWarmPool: (group: SimulatedGroup, member: Member): void =>
      void leaveWarmPool(group, member),
  };
};
