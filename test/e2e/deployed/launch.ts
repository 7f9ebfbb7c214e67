import { AutoScalingClient, PutLifecycleHookCommand } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeRuleCommand,
  PutEventsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { ACCOUNT_ID } from '#test/support/infra/aws-stand-in.ts';
import { createAutoScalingGroup } from '#test/support/servers/auto-scaling-group.ts';
import { awsClientConfig } from '#test/support/servers/fleet.ts';
import { type FleetNode, runInstances } from '#test/support/servers/fleet-nodes.ts';
import type { DeployedStage } from './stage.ts';

const RULE = 'nodeeni-test-EC2InstanceLaunchLifecycleAction';
const DETAIL_TYPE = 'EC2 Instance-launch Lifecycle Action';
const SOURCE = 'aws.autoscaling';
const TRANSITION = 'autoscaling:EC2_INSTANCE_LAUNCHING';

/** The detail of a launch event ("Amazon EC2 Auto Scaling event reference"). */
export type LaunchDetail = ReturnType<typeof detailOf>;

/** What a hook says of itself: whose it is, and the labels its nodes will carry. */
const metadataFor = (cluster: string, ng: string): string =>
  JSON.stringify({ cluster, labels: { ng }, onDeadline: 'ABANDON' });

const detailOf = (given: {
  readonly group: string;
  readonly hook: string;
  readonly instanceId: string;
  readonly metadata: string;
}) => ({
  LifecycleActionToken: `token-${given.instanceId}`,
  AutoScalingGroupName: given.group,
  LifecycleHookName: given.hook,
  EC2InstanceId: given.instanceId,
  LifecycleTransition: TRANSITION,
  NotificationMetadata: given.metadata,
  Origin: 'EC2',
  Destination: 'AutoScalingGroup',
});

/** Starts one instance, in a group of its own, that waits in `Pending:Wait`, with no Node yet. */
export const launch = async (
  { proxy, fleet }: DeployedStage,
  ng: string,
): Promise<{ readonly node: FleetNode; readonly detail: LaunchDetail }> => {
  const [subnet] = fleet.subnets;
  if (subnet === undefined) throw new Error('The fleet has no subnet.');
  const groupIds = fleet.groups.slice(0, 1).map(({ id }) => id);
  const { cluster } = fleet;
  const config = awsClientConfig(proxy.url);
  const instance = { cluster, subnet, groupIds, instanceType: 'm5.4xlarge', count: 1 };
  const nodes = await runInstances(new EC2Client(config), instance);
  const [node] = nodes;
  if (node === undefined) throw new Error('No instance was started.');
  const { name: group, hook } = await createAutoScalingGroup({
    awsUrl: proxy.url,
    fleet: { ...fleet, nodes },
    // The hooks of a group are remembered by the functions.
    name: ng,
  });
  const metadata = metadataFor(cluster, ng);
  await new AutoScalingClient(config).send(
    new PutLifecycleHookCommand({
      AutoScalingGroupName: group,
      LifecycleHookName: hook,
      LifecycleTransition: TRANSITION,
      HeartbeatTimeout: 300,
      DefaultResult: 'ABANDON',
      NotificationMetadata: metadata,
    }),
  );
  const { instanceId } = node;
  const detail = detailOf({ group, hook, instanceId, metadata });
  proxy.setLifecycleState(instanceId, 'Pending:Wait', detail.LifecycleActionToken);
  return { node, detail };
};

/** The same event for the hook of another cluster, and about another instance. */
export const elsewhere = (detail: LaunchDetail): LaunchDetail => ({
  ...detail,
  EC2InstanceId: 'i-0f0e0d0c0b0a09080',
  NotificationMetadata: metadataFor('another', 'any'),
});

/** Whether the rule that is deployed lets the event through, by EventBridge's own judgement. */
export const isLetThrough = async (
  { deployment: { eventBridge } }: DeployedStage,
  detail: LaunchDetail,
): Promise<boolean | undefined> => {
  const { EventPattern } = await eventBridge.send(new DescribeRuleCommand({ Name: RULE }));
  const event = {
    version: '0',
    id: '12345678-1234-1234-1234-123456789012',
    'detail-type': DETAIL_TYPE,
    source: SOURCE,
    account: ACCOUNT_ID,
    time: new Date().toISOString(),
    region: 'us-east-1',
    resources: [],
    detail,
  };
  const { Result } = await eventBridge.send(
    new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) }),
  );
  return Result;
};

/** Puts the event on the bus, as Auto Scaling does. */
export const tell = async (
  { deployment: { eventBridge } }: DeployedStage,
  detail: LaunchDetail,
): Promise<void> => {
  const Entries = [{ Source: SOURCE, DetailType: DETAIL_TYPE, Detail: JSON.stringify(detail) }];
  const { Entries: [entry] = [] } = await eventBridge.send(new PutEventsCommand({ Entries }));
  if (entry?.EventId === undefined) throw new Error(`The event was refused: ${entry?.ErrorCode}`);
};
