import type { ServiceEvent } from '../aws-event.ts';
import type { Member, Passage, SimulatedGroup, Wait } from './model.ts';

const REGION = 'us-east-1';
const ACCOUNT = '123456789012';

const groupArn = (groupName: string): string =>
  `arn:aws:autoscaling:${REGION}:${ACCOUNT}:autoScalingGroup:11111111-2222-4333-8444-555555555555:autoScalingGroupName/${groupName}`;

/** What a hook's own target receives: no envelope ("Receive lifecycle hook notifications", Auto Scaling User Guide). */
export interface HookNotification {
  readonly targetArn: string;
  readonly message: object;
}

interface Begun extends Passage {
  readonly group: SimulatedGroup;
  readonly member: Member;
  readonly wait: Wait;
}

const detailOf = ({ group, member, wait, from, to }: Begun) => ({
  LifecycleActionToken: wait.token,
  AutoScalingGroupName: group.name,
  LifecycleHookName: wait.hook.name,
  EC2InstanceId: member.instanceId,
  LifecycleTransition: wait.hook.transition,
  ...(wait.hook.notificationMetadata !== undefined && {
    NotificationMetadata: wait.hook.notificationMetadata,
  }),
  Origin: from,
  Destination: to,
});

/** "Amazon EC2 Auto Scaling event reference", Auto Scaling User Guide. */
export const lifecycleEvent = (begun: Begun): ServiceEvent => {
  const isLaunch = begun.wait.hook.transition === 'autoscaling:EC2_INSTANCE_LAUNCHING';
  return {
    source: 'aws.autoscaling',
    'detail-type': `EC2 Instance-${isLaunch ? 'launch' : 'terminate'} Lifecycle Action`,
    resources: [groupArn(begun.group.name)],
    detail: detailOf(begun),
  };
};

const service = (at: Date, requestId: string) => ({
  Service: 'AWS Auto Scaling',
  AccountId: ACCOUNT,
  RequestId: requestId,
  Time: at.toISOString(),
});

export const lifecycleMessage = (begun: Begun, at: Date, requestId: string): object => ({
  ...service(at, requestId),
  ...detailOf(begun),
});

/** Sent once, when a hook with a target is put. */
export const testMessage = (groupName: string, at: Date, requestId: string): object => ({
  ...service(at, requestId),
  Event: 'autoscaling:TEST_NOTIFICATION',
  AutoScalingGroupName: groupName,
  AutoScalingGroupARN: groupArn(groupName),
});
