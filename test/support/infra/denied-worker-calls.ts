import type { DeniedCall } from './denied-interface-calls.ts';
import {
  cluster,
  eventBus,
  fifoQueue,
  group,
  IN_OUR_VPC,
  INSTANCE,
  logStream,
  OF_ANOTHER_CLUSTER,
  OF_OUR_CLUSTER,
  parameter,
  queue,
  SECURITY_GROUP,
} from './iam-resources.ts';

/** An event as the worker sends it. */
export const EVENT = {
  'events:source': ['nodeeni'],
  'events:detail-type': ['NodeENI Interface State Change'],
};

/** What the worker may not do to anything else. */
export const DENIED_WORKER_CALLS: readonly DeniedCall[] = [
  {
    name: 'ending an instance of ours',
    action: 'ec2:TerminateInstances',
    resource: INSTANCE,
    context: OF_OUR_CLUSTER,
  },
  {
    name: 'opening a security group',
    action: 'ec2:AuthorizeSecurityGroupIngress',
    resource: SECURITY_GROUP,
    context: IN_OUR_VPC,
  },
  ...['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'].flatMap(
    (action) => [
      { name: `${action} of a group without a tag`, action, resource: group('workers') },
      {
        name: `${action} of a group of another cluster`,
        action,
        resource: group('workers'),
        context: OF_ANOTHER_CLUSTER,
      },
    ],
  ),
  {
    name: 'changing the hooks of a group',
    action: 'autoscaling:PutLifecycleHook',
    resource: group('workers'),
    context: OF_OUR_CLUSTER,
  },
  {
    name: 'scaling a group',
    action: 'autoscaling:SetDesiredCapacity',
    resource: group('workers'),
    context: OF_OUR_CLUSTER,
  },
  {
    name: 'sending an event in the name of others',
    action: 'events:PutEvents',
    resource: eventBus('default'),
    context: { ...EVENT, 'events:source': ['nodeeni', 'payments'] },
  },
  {
    name: 'sending an event of another kind',
    action: 'events:PutEvents',
    resource: eventBus('default'),
    context: { ...EVENT, 'events:detail-type': ['Something Else'] },
  },
  {
    name: 'sending an event to another bus',
    action: 'events:PutEvents',
    resource: eventBus('payments'),
    context: EVENT,
  },
  {
    name: 'working off the queue of the roll-up',
    action: 'sqs:ReceiveMessage',
    resource: fifoQueue('RollUps'),
  },
  {
    name: 'sending to a queue of others',
    action: 'sqs:SendMessage',
    resource: queue('Payments'),
  },
  {
    name: 'sending to its own dead-letter queue',
    action: 'sqs:SendMessage',
    resource: fifoQueue('WorkDlq'),
  },
  { name: 'purging its queue', action: 'sqs:PurgeQueue', resource: fifoQueue('Work') },
  {
    name: 'changing its queue',
    action: 'sqs:SetQueueAttributes',
    resource: fifoQueue('Work'),
  },
  {
    name: 'finding another cluster',
    action: 'eks:DescribeCluster',
    resource: cluster('green'),
  },
  {
    name: 'letting somebody into the cluster',
    action: 'eks:CreateAccessEntry',
    resource: cluster('blue'),
  },
  {
    name: 'reading parameters where no kubeconfig is kept',
    action: 'ssm:GetParameter',
    resource: parameter('nodeeni/kubeconfig'),
  },
  {
    name: 'writing to the log of another function',
    action: 'logs:PutLogEvents',
    resource: logStream('sweep'),
  },
  {
    name: 'becoming another role',
    action: 'sts:AssumeRole',
    resource: 'arn:aws:iam::123456789012:role/Admin',
  },
];
