import type { FunctionName } from '#stacks/function-settings.ts';
import type { Check } from './iam.ts';
import {
  BIRTH_TAGS,
  cluster,
  document,
  ENI,
  eventBus,
  fifoQueue,
  group,
  IN_OUR_VPC,
  INSTANCE,
  KEY,
  logStream,
  NEW_ENI,
  OF_OUR_CLUSTER,
  OURS,
  ourTag,
  parameter,
  queue,
  ROUTERS,
  SECURITY_GROUP,
  SHARED_SUBNET,
  SUBNET,
} from './iam-resources.ts';
import type { InstallationName } from './installations.ts';

/** A check that must pass, and the statement that lets it. */
export interface AllowedCall extends Check {
  readonly installation: InstallationName;
  readonly by: FunctionName;
  readonly sid: string;
}

type Given = Omit<AllowedCall, 'installation' | 'by'>;

const checks = (
  sid: string,
  actions: readonly string[],
  resource: string,
  context: Check['context'] = {},
): readonly Given[] => actions.map((action) => ({ sid, action, resource, context }));

const READ_GROUPS = [
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeAutoScalingInstances',
  'autoscaling:DescribeLifecycleHooks',
];

const READ_EC2 = [
  'ec2:DescribeInstances',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSecurityGroupVpcAssociations',
  'ec2:DescribeSubnets',
];

const LINKS = ['ec2:AttachNetworkInterface', 'ec2:DetachNetworkInterface'];
const MODIFY = 'ec2:ModifyNetworkInterfaceAttribute';

const BEAT = ['autoscaling:RecordLifecycleActionHeartbeat'];
const HOOK_ACTIONS = ['autoscaling:CompleteLifecycleAction', ...BEAT];

const log = (name: FunctionName): readonly Given[] =>
  checks('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], logStream(name));

const receive = (queueArn: string): readonly Given[] =>
  checks(
    'Receive',
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    queueArn,
  );

const send = (...queueArns: readonly string[]): readonly Given[] =>
  queueArns.flatMap((arn) => checks('Send', ['sqs:SendMessage'], arn));

const findEks = checks('FindCluster', ['eks:DescribeCluster'], cluster('blue'));

const WORK = fifoQueue('Work');
const ROLL_UPS = fifoQueue('RollUps');
const DELAY = queue('Delay');
const DELIVERY_DLQ = queue('DeliveryDlq');

const USUAL: Readonly<Record<FunctionName, readonly Given[]>> = {
  'on-asg-lifecycle': send(WORK, DELIVERY_DLQ),
  'on-ec2-state-change': send(WORK, DELIVERY_DLQ),
  'on-command-result': send(WORK, DELIVERY_DLQ),
  'on-kubernetes-change': send(DELAY),
  requeue: [...receive(DELAY), ...send(WORK, ROLL_UPS)],
  reconcile: [
    ...findEks,
    ...checks('Read', READ_EC2, '*'),
    ...checks('CreateOurs', ['ec2:CreateNetworkInterface'], NEW_ENI, BIRTH_TAGS),
    ...[SUBNET, SHARED_SUBNET, SECURITY_GROUP].flatMap((resource) =>
      checks('CreateInOurVpcs', ['ec2:CreateNetworkInterface'], resource, IN_OUR_VPC),
    ),
    ...checks('TagAtCreation', ['ec2:CreateTags'], NEW_ENI, {
      'ec2:CreateAction': 'CreateNetworkInterface',
      'aws:TagKeys': [ourTag('cluster'), ourTag('uid'), 'team'],
    }),
    ...checks(
      'ChangeOurs',
      [
        ...LINKS,
        MODIFY,
        'ec2:AssignPrivateIpAddresses',
        'ec2:AssignIpv6Addresses',
        'ec2:DeleteNetworkInterface',
      ],
      ENI,
      OURS,
    ),
    ...checks('AtOurInstances', [...LINKS, MODIFY], INSTANCE, OF_OUR_CLUSTER),
    ...checks('GroupsOfOurVpcs', [MODIFY], SECURITY_GROUP, IN_OUR_VPC),
    ...checks('TagOurs', ['ec2:CreateTags'], ENI, { ...OURS, 'aws:TagKeys': ['team', 'Name'] }),
    ...[
      [ourTag('uid'), ourTag('instance')],
      [ourTag('name'), ourTag('subnet'), ourTag('created-at')],
    ].flatMap((keys) =>
      checks('PutTagsBack', ['ec2:CreateTags'], ENI, { ...OURS, 'aws:TagKeys': keys }),
    ),
    ...checks('PutTagsBack', ['ec2:CreateTags'], ENI, {
      ...OURS,
      'aws:TagKeys': ['node.k8s.amazonaws.com/no_manage'],
      'aws:RequestTag/node.k8s.amazonaws.com/no_manage': 'true',
    }),
    ...checks('UntagOurs', ['ec2:DeleteTags'], ENI, { ...OURS, 'aws:TagKeys': ['team'] }),
    ...checks('GiveUpOurs', ['ec2:DeleteTags'], ENI, {
      ...OURS,
      'aws:TagKeys': [ourTag('cluster'), ourTag('cluster-uid'), ourTag('uid')],
    }),
    ...checks('ReadGroups', READ_GROUPS, '*'),
    ...checks('HooksOfTaggedGroups', HOOK_ACTIONS, group('any'), OF_OUR_CLUSTER),
    ...checks('Publish', ['events:PutEvents'], eventBus('default'), {
      'events:source': ['nodeeni'],
      'events:detail-type': ['NodeENI Interface State Change'],
    }),
    ...receive(WORK),
    ...send(DELAY),
  ],
  'roll-up': [
    ...findEks,
    ...checks('Read', ['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces'], '*'),
    ...receive(ROLL_UPS),
    ...send(WORK, DELAY),
  ],
  sweep: [
    ...findEks,
    ...checks('Read', READ_EC2, '*'),
    ...checks('MarkOrphans', ['ec2:CreateTags'], ENI, {
      ...OURS,
      'aws:TagKeys': [ourTag('orphan-since')],
    }),
    ...checks('MarkOrphans', ['ec2:CreateTags'], ENI, {
      ...OURS,
      'aws:TagKeys': [ourTag('orphan-since'), ourTag('instance')],
      [`aws:RequestTag/${ourTag('instance')}`]: 'i-00000000000000000',
    }),
    ...checks('ReadGroups', READ_GROUPS, '*'),
    ...checks('HooksOfTaggedGroups', BEAT, group('any'), OF_OUR_CLUSTER),
    ...send(WORK, DELAY),
  ],
  'on-remove': findEks,
};

/** What only some installations need, of every function that works. */
const TRACE = checks('Trace', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');

const KUBECONFIG: readonly Given[] = [
  ...checks('ReadKubeconfig', ['ssm:GetParameter'], parameter('nodeeni/kubeconfig')),
  ...checks('DecryptKubeconfig', ['kms:Decrypt'], KEY, {
    'kms:ViaService': 'ssm.eu-west-1.amazonaws.com',
    'kms:EncryptionContext:PARAMETER_ARN': parameter('nodeeni/kubeconfig'),
  }),
];

const JOIN_VPC: readonly Given[] = [
  ...checks('LambdaJoinsVpc', ['ec2:CreateNetworkInterface'], SUBNET),
  ...checks(
    'LambdaJoinsVpc',
    [
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
      'ec2:DeleteNetworkInterface',
    ],
    ENI,
  ),
];

/** Reads are allowed to the function too, so only the roll-up shows that Lambda has a right of its own. */
const LOOK_AT_VPC = checks('LambdaJoinsVpc', ['ec2:DescribeSubnets'], '*');

const hooksByName = (actions: readonly string[]): readonly Given[] => [
  ...checks('HooksOfNamedGroups', actions, group('workers')),
  ...checks('HooksOfNamedGroups', actions, group('gpu-workers')),
  ...checks('HooksOfTaggedGroups', actions, group('other'), { 'aws:ResourceTag/team': 'x' }),
];

const COMMANDS: readonly Given[] = [
  ...checks('SendOurDocument', ['ssm:SendCommand'], document('nodeeni-blue')),
  ...checks('SendToOurInstances', ['ssm:SendCommand'], INSTANCE, {
    'ssm:resourceTag/kubernetes.io/cluster/blue': 'owned',
  }),
  ...checks('ReadResults', ['ssm:GetCommandInvocation'], '*'),
];

const WORKERS = ['reconcile', 'roll-up', 'sweep', 'on-remove'] as const;

const QUEUE_KEY = checks('UseQueueKey', ['kms:GenerateDataKey', 'kms:Decrypt'], KEY, {
  'kms:ViaService': 'sqs.eu-west-1.amazonaws.com',
});

const of = (installation: InstallationName, by: FunctionName, given: readonly Given[]) =>
  given.map((check) => ({ ...check, installation, by }));

/** All that the functions do, check by check. */
export const ALLOWED_CALLS: readonly AllowedCall[] = [
  ...Object.entries(USUAL).flatMap(([name, given]) => {
    const by = name as FunctionName;
    return of('usual', by, [...log(by), ...given]);
  }),
  ...WORKERS.flatMap((by) => of('grown', by, TRACE)),
  ...of('grown', 'reconcile', hooksByName(HOOK_ACTIONS)),
  ...of('grown', 'sweep', hooksByName(BEAT)),
  ...of('grown', 'reconcile', COMMANDS),
  ...WORKERS.flatMap((by) => of('secluded', by, [...KUBECONFIG, ...JOIN_VPC])),
  ...of('secluded', 'roll-up', LOOK_AT_VPC),
  ...ROUTERS.flatMap((by) => of('ruled', by, [...QUEUE_KEY, ...JOIN_VPC, ...LOOK_AT_VPC])),
  ...(['reconcile', 'roll-up', 'sweep'] as const).flatMap((by) => of('ruled', by, QUEUE_KEY)),
  ...of(
    'ruled',
    'reconcile',
    checks('HooksOfTaggedGroups', HOOK_ACTIONS, group('workers'), OF_OUR_CLUSTER),
  ),
];
