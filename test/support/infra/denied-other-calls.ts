import type { FunctionName } from '#stacks/function-settings.ts';
import { CHANGES, type DeniedCall } from './denied-interface-calls.ts';
import { EVENT } from './denied-worker-calls.ts';
import {
  ANOTHERS,
  BIRTH_TAGS,
  BUCKET,
  cluster,
  document,
  ENI,
  eventBus,
  fifoQueue,
  group,
  INSTANCE,
  KEY,
  NEW_ENI,
  OF_OUR_CLUSTER,
  OURS,
  ourTag,
  parameter,
  queue,
  ROUTERS,
} from './iam-resources.ts';
import type { InstallationName } from './installations.ts';

export interface OtherDeniedCall extends DeniedCall {
  readonly by: FunctionName;
  readonly installation?: InstallationName;
}

/** What reconcile may not although it sends commands, and who sends none at all. */
const DENIED_COMMANDS: readonly OtherDeniedCall[] = [
  ...[document('AWS-RunShellScript'), document('nodeeni-green')].map((resource) => ({
    by: 'reconcile' as const,
    installation: 'grown' as const,
    name: `sending ${resource.replace(/^.*\//, '')}`,
    action: 'ssm:SendCommand',
    resource,
  })),
  ...[
    {
      whose: 'of another cluster',
      context: { 'ssm:resourceTag/kubernetes.io/cluster/green': 'x' },
    },
    { whose: 'without a tag', context: {} },
  ].map(({ whose, context }) => ({
    by: 'reconcile' as const,
    installation: 'grown' as const,
    name: `sending a command to an instance ${whose}`,
    action: 'ssm:SendCommand',
    resource: INSTANCE,
    context,
  })),
  {
    by: 'reconcile',
    installation: 'grown',
    name: 'giving hosts another object of the bucket',
    action: 's3:GetObject',
    resource: `${BUCKET}/secret`,
  },
  {
    by: 'reconcile',
    name: 'sending our document where hosts have agents',
    action: 'ssm:SendCommand',
    resource: document('nodeeni-blue'),
  },
  ...(['sweep', 'roll-up', 'on-command-result'] as const).flatMap((by) => [
    {
      by,
      installation: 'grown' as const,
      name: 'sending our document',
      action: 'ssm:SendCommand',
      resource: document('nodeeni-blue'),
    },
    {
      by,
      installation: 'grown' as const,
      name: 'reading results of commands',
      action: 'ssm:GetCommandInvocation',
      resource: '*',
    },
  ]),
];

/** What nobody may with the key of queues, although it encrypts them. */
const DENIED_KEYS: readonly OtherDeniedCall[] = [
  {
    by: 'requeue',
    installation: 'ruled',
    name: 'using the key of queues for anything but queues',
    action: 'kms:Decrypt',
    resource: KEY,
    context: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
  },
  {
    by: 'requeue',
    installation: 'ruled',
    name: 'using another key',
    action: 'kms:Decrypt',
    resource: KEY.replace('4444', '5555'),
    context: { 'kms:ViaService': 'sqs.eu-west-1.amazonaws.com' },
  },
  ...[
    { by: 'on-remove' as const, installation: 'ruled' as const },
    { by: 'requeue' as const, installation: 'usual' as const },
  ].map((whose) => ({
    ...whose,
    name: 'using a key of queues',
    action: 'kms:Decrypt',
    resource: KEY,
    context: { 'kms:ViaService': 'sqs.eu-west-1.amazonaws.com' },
  })),
];

/** Rights by the tag are none by the name. */
const DENIED_WITHOUT_TAG: OtherDeniedCall = {
  by: 'reconcile',
  installation: 'ruled',
  name: 'completing a hook of a named group that lacks the tag',
  action: 'autoscaling:CompleteLifecycleAction',
  resource: group('workers'),
};

/** What the other functions may not, and what some installations change. */
export const DENIED_TO_OTHERS: readonly OtherDeniedCall[] = [
  ...DENIED_KEYS,
  DENIED_WITHOUT_TAG,
  ...ROUTERS.flatMap((by) => [
    { by, name: 'reading EC2', action: 'ec2:DescribeInstances', resource: '*' },
    { by, name: 'finding the cluster', action: 'eks:DescribeCluster', resource: cluster('blue') },
    { by, name: 'working', action: 'sqs:ReceiveMessage', resource: fifoQueue('Work') },
  ]),
  ...ROUTERS.filter((by) => by !== 'on-kubernetes-change').map((by) => ({
    by,
    name: 'asking for a later reconcile',
    action: 'sqs:SendMessage',
    resource: queue('Delay'),
  })),
  {
    by: 'on-asg-lifecycle',
    name: 'asking for a roll-up',
    action: 'sqs:SendMessage',
    resource: fifoQueue('RollUps'),
  },
  ...['Work', 'RollUps'].map((name) => ({
    by: 'on-kubernetes-change' as const,
    name: `having something done at once by ${name}, before it is stored`,
    action: 'sqs:SendMessage',
    resource: fifoQueue(name),
  })),
  {
    by: 'reconcile',
    name: 'working without a pause',
    action: 'sqs:SendMessage',
    resource: fifoQueue('Work'),
  },
  {
    by: 'on-kubernetes-change',
    name: 'sending to the queue for undeliverable events',
    action: 'sqs:SendMessage',
    resource: queue('DeliveryDlq'),
  },
  ...(['roll-up', 'sweep', 'on-remove'] as const).flatMap((by) => [
    ...CHANGES.map((action) => ({
      by,
      name: `${action} on an interface of ours`,
      action,
      resource: ENI,
      context: OURS,
    })),
    {
      by,
      name: 'making an interface',
      action: 'ec2:CreateNetworkInterface',
      resource: NEW_ENI,
      context: BIRTH_TAGS,
    },
    {
      by,
      name: 'completing a hook',
      action: 'autoscaling:CompleteLifecycleAction',
      resource: group('workers'),
      context: OF_OUR_CLUSTER,
    },
    {
      by,
      name: 'sending an event',
      action: 'events:PutEvents',
      resource: eventBus('default'),
      context: EVENT,
    },
  ]),
  {
    by: 'sweep',
    name: 'tagging an interface of ours with anything but the mark of an orphan',
    action: 'ec2:CreateTags',
    resource: ENI,
    context: { ...OURS, 'aws:TagKeys': [ourTag('orphan-since'), ourTag('cluster')] },
  },
  {
    by: 'sweep',
    name: 'giving an interface of ours to another instance',
    action: 'ec2:CreateTags',
    resource: ENI,
    context: {
      ...OURS,
      'aws:TagKeys': [ourTag('instance')],
      [`aws:RequestTag/${ourTag('instance')}`]: 'i-0123456789abcdef0',
    },
  },
  {
    by: 'sweep',
    name: 'marking an interface of another cluster',
    action: 'ec2:CreateTags',
    resource: ENI,
    context: { ...ANOTHERS, 'aws:TagKeys': [ourTag('orphan-since')] },
  },
  {
    by: 'sweep',
    name: 'keeping alive a launch of a group without a tag',
    action: 'autoscaling:RecordLifecycleActionHeartbeat',
    resource: group('workers'),
  },
  {
    by: 'roll-up',
    name: 'keeping a launch alive',
    action: 'autoscaling:RecordLifecycleActionHeartbeat',
    resource: group('workers'),
    context: OF_OUR_CLUSTER,
  },
  {
    by: 'roll-up',
    name: 'tagging an interface of ours',
    action: 'ec2:CreateTags',
    resource: ENI,
    context: { ...OURS, 'aws:TagKeys': ['team'] },
  },
  {
    by: 'reconcile',
    installation: 'grown',
    name: 'completing a hook of a group neither named nor tagged',
    action: 'autoscaling:CompleteLifecycleAction',
    resource: group('other'),
    context: OF_OUR_CLUSTER,
  },
  {
    by: 'reconcile',
    installation: 'secluded',
    name: 'using the permission with which Lambda joins the VPC',
    action: 'ec2:DeleteNetworkInterface',
    resource: ENI,
    context: {
      'lambda:SourceFunctionArn': 'arn:aws:lambda:eu-west-1:123456789012:function:reconcile',
    },
  },
  ...DENIED_COMMANDS,
  {
    by: 'sweep',
    installation: 'secluded',
    name: 'reading another parameter',
    action: 'ssm:GetParameter',
    resource: parameter('payments/password'),
  },
  {
    by: 'sweep',
    installation: 'secluded',
    name: 'decrypting another parameter',
    action: 'kms:Decrypt',
    resource: KEY,
    context: {
      'kms:ViaService': 'ssm.eu-west-1.amazonaws.com',
      'kms:EncryptionContext:PARAMETER_ARN': parameter('payments/password'),
    },
  },
  {
    by: 'sweep',
    installation: 'secluded',
    name: 'decrypting what is not a parameter',
    action: 'kms:Decrypt',
    resource: KEY,
    context: {
      'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com',
      'kms:EncryptionContext:PARAMETER_ARN': parameter('nodeeni/kubeconfig'),
    },
  },
];
