import { FUNCTIONS_GROUP } from './manifest.ts';
import type { Statement } from './policy-statement.ts';

export interface DeployerPolicyOptions {
  /** What the names of the deploy begin with: `nodeeni-`, or prefix and app of whoever has an app of their own. */
  readonly begin: string;
  /** The policy that bounds each role of the deploy; without it, whoever may deploy can make a role that may all. */
  readonly permissionsBoundary?: string;
}

const arn = (service: string, resource: string): string => `arn:aws:${service}:*:*:${resource}`;

/** What the deploy names, it may do all to: whoever deploys a queue also reads it and takes it away. */
const ownThings = (begin: string): readonly Statement[] => {
  const folder = begin.replace(/-$/, '');
  return [
    {
      Sid: 'OwnThings',
      Effect: 'Allow',
      Action: ['cloudwatch:*', 'events:*', 'lambda:*', 'logs:*', 'sqs:*'],
      Resource: [
        arn('cloudwatch', `alarm:${begin}*`),
        `arn:aws:cloudwatch::*:dashboard/${begin}*`,
        arn('events', `rule/${begin}*`),
        arn('lambda', `function:${begin}*`),
        arn('logs', `log-group:/${folder}/*`),
        arn('sqs', `${begin}*`),
      ],
    },
    {
      Sid: 'OwnBuckets',
      Effect: 'Allow',
      Action: ['s3:*'],
      Resource: [`arn:aws:s3:::${begin.toLowerCase()}*`],
    },
    {
      // The name is that of the cluster, since hosts are found by it.
      Sid: 'OwnDocument',
      Effect: 'Allow',
      Action: [
        'ssm:AddTagsToResource',
        'ssm:CreateDocument',
        'ssm:DeleteDocument',
        'ssm:DescribeDocument',
        'ssm:DescribeDocumentPermission',
        'ssm:GetDocument',
        'ssm:ListTagsForResource',
        'ssm:RemoveTagsFromResource',
        'ssm:UpdateDocument',
        'ssm:UpdateDocumentDefaultVersion',
      ],
      Resource: [arn('ssm', 'document/nodeeni-*')],
    },
  ];
};

const WRITES_OF_ROLES = [
  'iam:CreateRole',
  'iam:DeleteRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
];

/** No managed policy can be attached, and no role given to anybody but Lambda. */
const roles = ({ begin, permissionsBoundary }: DeployerPolicyOptions): readonly Statement[] => {
  const ours = [`arn:aws:iam::*:role/${begin}*`];
  return [
    {
      Sid: 'RightsOfOwnRoles',
      Effect: 'Allow',
      Action: WRITES_OF_ROLES,
      Resource: ours,
      ...(permissionsBoundary !== undefined && {
        Condition: { StringEquals: { 'iam:PermissionsBoundary': permissionsBoundary } },
      }),
    },
    {
      Sid: 'OwnRoles',
      Effect: 'Allow',
      Action: [
        'iam:DeleteRole',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListInstanceProfilesForRole',
        'iam:ListRolePolicies',
        'iam:TagRole',
        'iam:UntagRole',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
        'iam:UpdateRoleDescription',
      ],
      Resource: ours,
    },
    {
      Sid: 'OwnRolesForLambda',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: ours,
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
  ];
};

/** Mappings have no names; what they call is what tells them apart. */
const mappings = (begin: string): readonly Statement[] => [
  {
    Sid: 'QueuesToOwnFunctions',
    Effect: 'Allow',
    Action: [
      'lambda:CreateEventSourceMapping',
      'lambda:DeleteEventSourceMapping',
      'lambda:UpdateEventSourceMapping',
    ],
    Resource: ['*'],
    Condition: { ArnLike: { 'lambda:FunctionArn': arn('lambda', `function:${begin}*`) } },
  },
  {
    Sid: 'TagsOfMappings',
    Effect: 'Allow',
    Action: [
      'lambda:GetEventSourceMapping',
      'lambda:ListTags',
      'lambda:TagResource',
      'lambda:UntagResource',
    ],
    Resource: [arn('lambda', 'event-source-mapping:*')],
  },
];

const cluster = (): readonly Statement[] => [
  {
    // Ours is the only group that may be given, and no policy of EKS can be.
    Sid: 'LetOurGroupIn',
    Effect: 'Allow',
    Action: ['eks:CreateAccessEntry', 'eks:UpdateAccessEntry'],
    Resource: [arn('eks', 'cluster/*'), arn('eks', 'access-entry/*')],
    Condition: { 'ForAllValues:StringEquals': { 'eks:kubernetesGroups': [FUNCTIONS_GROUP] } },
  },
  {
    Sid: 'Cluster',
    Effect: 'Allow',
    Action: [
      'eks:DeleteAccessEntry',
      'eks:DescribeAccessEntry',
      'eks:DescribeCluster',
      'eks:ListTagsForResource',
      'eks:TagResource',
      'eks:UntagResource',
    ],
    Resource: [arn('eks', 'cluster/*'), arn('eks', 'access-entry/*')],
  },
  {
    Sid: 'Hooks',
    Effect: 'Allow',
    Action: ['autoscaling:DeleteLifecycleHook', 'autoscaling:PutLifecycleHook'],
    Resource: [arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/*')],
  },
];

/** What SST keeps in an account: state, bundles, a passphrase ("IAM Credentials", sst.dev). */
const bootstrap = (): readonly Statement[] => [
  {
    Sid: 'SstBuckets',
    Effect: 'Allow',
    Action: ['s3:*'],
    Resource: ['arn:aws:s3:::sst-asset-*', 'arn:aws:s3:::sst-state-*'],
  },
  {
    Sid: 'SstParameters',
    Effect: 'Allow',
    Action: [
      'ssm:DeleteParameter',
      'ssm:GetParameter',
      'ssm:GetParameters',
      'ssm:GetParametersByPath',
      'ssm:PutParameter',
    ],
    Resource: [arn('ssm', 'parameter/sst/*')],
  },
  {
    Sid: 'SstRepository',
    Effect: 'Allow',
    Action: ['ecr:CreateRepository', 'ecr:DescribeRepositories'],
    Resource: [arn('ecr', 'repository/sst-asset')],
  },
];

/** Reads that know no resources (Service Authorization Reference). */
const reads = (): readonly Statement[] => [
  {
    Sid: 'Reads',
    Effect: 'Allow',
    Action: [
      'autoscaling:DescribeLifecycleHooks',
      'cloudwatch:DescribeAlarms',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
      'lambda:GetAccountSettings',
      'lambda:ListEventSourceMappings',
      'logs:DescribeLogGroups',
    ],
    Resource: ['*'],
  },
];

/**
 * What `sst deploy` and `sst remove` need in an account: a policy for a role of a pipeline. What is done in the cluster goes by
 * rights there. Of 6,144 characters that IAM takes for a managed policy, at most.
 */
export const deployerPolicy = (options: DeployerPolicyOptions) => ({
  Version: '2012-10-17' as const,
  Statement: [
    ...ownThings(options.begin),
    ...roles(options),
    ...mappings(options.begin),
    ...cluster(),
    ...bootstrap(),
    ...reads(),
  ],
});
