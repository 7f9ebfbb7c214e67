import { ACCOUNT_ID, outputsOf, REGION } from './aws-stand-in.ts';
import type { Check } from './iam.ts';
import type { Resource } from './synthesis.ts';

type Context = NonNullable<Check['context']>;

const arn = (service: string, resource: string, region = REGION): string =>
  `arn:aws:${service}:${region}:${ACCOUNT_ID}:${resource}`;

const checks = (
  service: string,
  actions: readonly string[],
  resource: string,
  context: Context = {},
): readonly Check[] =>
  actions.map((action) => ({ action: `${service}:${action}`, resource, context }));

const arnOf = ({ type, name, inputs }: Resource): string =>
  String(outputsOf(type, name, inputs).state.arn);

const textOf = ({ inputs }: Resource, property: string): string => String(inputs[property]);

/** Every role is made with its boundary, and every later change of it is judged by the one that it has. */
const boundaryOf = ({ inputs: { permissionsBoundary } }: Resource): Context =>
  permissionsBoundary === undefined
    ? {}
    : { 'iam:PermissionsBoundary': String(permissionsBoundary) };

const onFunction =
  (...actions: readonly string[]) =>
  (resource: Resource): readonly Check[] =>
    checks(
      'lambda',
      actions,
      arn('lambda', `function:${resource.inputs.functionName ?? resource.inputs.function}`),
    );

const MAPPING = arn('lambda', 'event-source-mapping:11111111-2222-3333-4444-555555555555');
const ENTRY_ID = '11111111-2222-3333-4444-555555555555';
const ASSETS = 'arn:aws:s3:::sst-asset-test';

const calledBy = (resource: Resource): Context => ({
  'lambda:FunctionArn': arn('lambda', `function:${textOf(resource, 'functionName')}`),
});

const ruleArn = ({ inputs }: Resource): string => arn('events', `rule/${inputs.rule}`);

/**
 * The calls that the provider makes of a resource of each type, from its making to its end (terraform-provider-aws, the
 * resource's create, read, update and delete; tags where it has them).
 */
export const CALLS: Readonly<
  Record<string, (resource: Resource, all: readonly Resource[]) => readonly Check[]>
> = {
  'aws:autoscaling/lifecycleHook:LifecycleHook': ({ inputs }) => [
    ...checks(
      'autoscaling',
      ['PutLifecycleHook', 'DeleteLifecycleHook'],
      arn(
        'autoscaling',
        `autoScalingGroup:11111111-2222-3333-4444-555555555555:autoScalingGroupName/${inputs.autoscalingGroupName}`,
      ),
    ),
    ...checks('autoscaling', ['DescribeLifecycleHooks'], '*'),
  ],
  'aws:cloudwatch/dashboard:Dashboard': (resource) =>
    checks(
      'cloudwatch',
      ['PutDashboard', 'GetDashboard', 'DeleteDashboards'],
      `arn:aws:cloudwatch::${ACCOUNT_ID}:dashboard/${textOf(resource, 'dashboardName')}`,
    ),
  'aws:cloudwatch/eventRule:EventRule': (resource) =>
    checks(
      'events',
      [
        'PutRule',
        'DescribeRule',
        'DeleteRule',
        'TagResource',
        'UntagResource',
        'ListTagsForResource',
      ],
      arnOf(resource),
    ),
  'aws:cloudwatch/eventTarget:EventTarget': (resource) =>
    checks('events', ['PutTargets', 'ListTargetsByRule', 'RemoveTargets'], ruleArn(resource)),
  'aws:cloudwatch/logGroup:LogGroup': (resource) => [
    ...checks(
      'logs',
      [
        'CreateLogGroup',
        'DeleteLogGroup',
        'PutRetentionPolicy',
        'TagResource',
        'UntagResource',
        'ListTagsForResource',
        ...('kmsKeyId' in resource.inputs ? ['AssociateKmsKey'] : []),
      ],
      arnOf(resource),
    ),
    ...checks('logs', ['DescribeLogGroups'], '*'),
  ],
  'aws:cloudwatch/logMetricFilter:LogMetricFilter': (resource) =>
    checks(
      'logs',
      ['PutMetricFilter', 'DescribeMetricFilters', 'DeleteMetricFilter'],
      arn('logs', `log-group:${textOf(resource, 'logGroupName')}`),
    ),
  'aws:cloudwatch/metricAlarm:MetricAlarm': (resource) => [
    ...checks(
      'cloudwatch',
      ['PutMetricAlarm', 'DeleteAlarms', 'TagResource', 'UntagResource', 'ListTagsForResource'],
      arn('cloudwatch', `alarm:${textOf(resource, 'name')}`),
    ),
    ...checks('cloudwatch', ['DescribeAlarms'], arn('cloudwatch', 'alarm:*')),
  ],
  'aws:eks/accessEntry:AccessEntry': (resource) => {
    const name = textOf(resource, 'clusterName');
    const role = textOf(resource, 'principalArn').replace(/^.*:role\//, '');
    const entry = arn('eks', `access-entry/${name}/role/${ACCOUNT_ID}/${role}/${ENTRY_ID}`);
    const groups = { 'eks:kubernetesGroups': resource.inputs.kubernetesGroups as string[] };
    return [
      ...checks('eks', ['CreateAccessEntry'], arn('eks', `cluster/${name}`), groups),
      ...checks('eks', ['UpdateAccessEntry'], entry, groups),
      ...checks('eks', ['DescribeAccessEntry', 'DeleteAccessEntry', 'TagResource'], entry),
      // Whoever deploys finds the cluster by its name.
      ...checks('eks', ['DescribeCluster'], arn('eks', `cluster/${name}`)),
    ];
  },
  'aws:iam/role:Role': (resource) => [
    ...checks('iam', ['CreateRole'], arnOf(resource), boundaryOf(resource)),
    ...checks(
      'iam',
      [
        'GetRole',
        'DeleteRole',
        'UpdateAssumeRolePolicy',
        'UpdateRole',
        'ListRolePolicies',
        'ListAttachedRolePolicies',
        'ListInstanceProfilesForRole',
        'TagRole',
        'UntagRole',
      ],
      arnOf(resource),
    ),
    ...checks('iam', ['PassRole'], arnOf(resource), {
      'iam:PassedToService': 'lambda.amazonaws.com',
    }),
  ],
  'aws:iam/rolePolicy:RolePolicy': ({ inputs }, all) => {
    const role = all.find(
      ({ type, inputs: { name } }) => type === 'aws:iam/role:Role' && name === inputs.role,
    );
    if (role === undefined) throw new Error(`There is no role ${inputs.role}`);
    return [
      ...checks('iam', ['PutRolePolicy', 'DeleteRolePolicy'], arnOf(role), boundaryOf(role)),
      ...checks('iam', ['GetRolePolicy'], arnOf(role)),
    ];
  },
  'aws:lambda/eventSourceMapping:EventSourceMapping': (resource) => [
    ...checks('lambda', ['CreateEventSourceMapping'], '*', calledBy(resource)),
    ...checks(
      'lambda',
      ['GetEventSourceMapping', 'UpdateEventSourceMapping', 'DeleteEventSourceMapping'],
      MAPPING,
      calledBy(resource),
    ),
    ...checks('lambda', ['TagResource', 'ListTags'], MAPPING),
  ],
  'aws:lambda/function:Function': (resource) => [
    ...checks(
      'lambda',
      [
        'CreateFunction',
        'GetFunction',
        'GetFunctionCodeSigningConfig',
        'ListVersionsByFunction',
        'UpdateFunctionCode',
        'UpdateFunctionConfiguration',
        'PutFunctionConcurrency',
        'DeleteFunctionConcurrency',
        'DeleteFunction',
        'TagResource',
        'UntagResource',
      ],
      arnOf(resource),
    ),
    ...('vpcConfig' in resource.inputs
      ? checks('ec2', ['DescribeSubnets', 'DescribeSecurityGroups', 'DescribeVpcs'], '*')
      : []),
  ],
  'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig': onFunction(
    'PutFunctionEventInvokeConfig',
    'GetFunctionEventInvokeConfig',
    'DeleteFunctionEventInvokeConfig',
  ),
  'aws:lambda/functionRecursionConfig:FunctionRecursionConfig': onFunction(
    'PutFunctionRecursionConfig',
    'GetFunctionRecursionConfig',
  ),
  'aws:lambda/functionUrl:FunctionUrl': onFunction(
    'CreateFunctionUrlConfig',
    'GetFunctionUrlConfig',
    'UpdateFunctionUrlConfig',
    'DeleteFunctionUrlConfig',
  ),
  'aws:lambda/invocation:Invocation': onFunction('InvokeFunction'),
  'aws:lambda/permission:Permission': onFunction('AddPermission', 'GetPolicy', 'RemovePermission'),
  'aws:s3/bucket:Bucket': (resource) =>
    checks(
      's3',
      [
        'CreateBucket',
        'DeleteBucket',
        'GetBucketTagging',
        'PutBucketTagging',
        'GetBucketVersioning',
        'GetEncryptionConfiguration',
        'GetLifecycleConfiguration',
        'ListBucket',
        'ListBucketVersions',
      ],
      `arn:aws:s3:::${textOf(resource, 'bucketPrefix')}20261121`,
    ),
  'aws:s3/bucketObjectv2:BucketObjectv2': ({ name, inputs }, all) => {
    // SST puts the functions' code into a bucket of its own.
    const prefix = all.find(({ type }) => type === 'aws:s3/bucket:Bucket')?.inputs.bucketPrefix;
    const bucket = name === 'HostAgentBundle' ? `arn:aws:s3:::${prefix}20261121` : ASSETS;
    return checks(
      's3',
      ['PutObject', 'GetObject', 'GetObjectTagging', 'PutObjectTagging', 'DeleteObject'],
      `${bucket}/${inputs.key}`,
    );
  },
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': (_, all) =>
    all
      .filter(({ type }) => type === 'aws:s3/bucket:Bucket')
      .flatMap((bucket) =>
        checks(
          's3',
          ['PutBucketPublicAccessBlock', 'GetBucketPublicAccessBlock'],
          `arn:aws:s3:::${textOf(bucket, 'bucketPrefix')}20261121`,
        ),
      ),
  'aws:sqs/queue:Queue': (resource) =>
    checks(
      'sqs',
      [
        'CreateQueue',
        'GetQueueAttributes',
        'SetQueueAttributes',
        'DeleteQueue',
        'TagQueue',
        'UntagQueue',
        'ListQueueTags',
      ],
      arnOf(resource),
    ),
  'aws:sqs/queuePolicy:QueuePolicy': ({ inputs }) =>
    checks(
      'sqs',
      ['SetQueueAttributes', 'GetQueueAttributes'],
      arn('sqs', String(inputs.queueUrl).replace(/^.*\//, '')),
    ),
  'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy': ({ inputs }) =>
    checks(
      'sqs',
      ['SetQueueAttributes', 'GetQueueAttributes'],
      arn('sqs', String(inputs.queueUrl).replace(/^.*\//, '')),
    ),
  'aws:ssm/document:Document': (resource) =>
    checks(
      'ssm',
      [
        'CreateDocument',
        'DescribeDocument',
        'GetDocument',
        'DescribeDocumentPermission',
        'UpdateDocument',
        'UpdateDocumentDefaultVersion',
        'DeleteDocument',
        'AddTagsToResource',
        'ListTagsForResource',
      ],
      arn('ssm', `document/${textOf(resource, 'name')}`),
    ),
};

/** What SST itself asks an account for, before and after everything else (sst, pkg/project/provider/aws.go). */
export const BOOTSTRAP_CALLS: readonly Check[] = [
  ...['arn:aws:s3:::sst-state-test', ASSETS].flatMap((bucket) =>
    checks(
      's3',
      [
        'CreateBucket',
        'PutBucketNotification',
        'PutBucketVersioning',
        'PutBucketPolicy',
        'ListBucket',
        'ListBucketVersions',
      ],
      bucket,
    ),
  ),
  ...checks(
    's3',
    ['GetObject', 'PutObject', 'DeleteObject', 'DeleteObjectVersion'],
    'arn:aws:s3:::sst-state-test/app/nodeeni/test.json',
  ),
  ...['bootstrap', 'passphrase/nodeeni/test'].flatMap((name) =>
    checks('ssm', ['GetParameter', 'PutParameter'], arn('ssm', `parameter/sst/${name}`)),
  ),
  ...checks(
    'ecr',
    ['CreateRepository', 'DescribeRepositories'],
    arn('ecr', 'repository/sst-asset'),
  ),
];
