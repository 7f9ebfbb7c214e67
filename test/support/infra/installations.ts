import type { GivenOptions } from '#stacks/options.ts';

/** Installations that together take every branch of the stack, by what is particular about them. */
export const INSTALLATIONS = {
  /** As few options as there can be. */
  usual: {
    clusterName: 'blue',
    vpcIds: ['vpc-0123456789abcdef0', 'vpc-0fedcba9876543210'],
  },
  /** An EKS cluster with hooks of this deploy, traces, and somebody who listens to alarms. */
  grown: {
    clusterName: 'blue',
    vpcIds: ['vpc-0123456789abcdef0'],
    scalingGroups: { names: ['workers', 'gpu-workers'], tag: 'team' },
    hooks: { completeWhen: 'Configured', deadlineSeconds: 600, onDeadline: 'CONTINUE' },
    budget: { share: 0.25, burstShare: 0.6, workerConcurrency: 5 },
    tracing: true,
    legacyTags: true,
    webhook: { reservedConcurrency: 0 },
    host: 'ssm',
    alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:on-call',
    logRetentionDays: 7,
  },
  /** A cluster that nobody can reach from outside, found by a kubeconfig. */
  secluded: {
    clusterName: 'blue',
    vpcIds: ['vpc-0123456789abcdef0'],
    access: { type: 'parameter', parameterName: '/nodeeni/kubeconfig' },
    scalingGroups: { names: ['workers'] },
    hooks: { nodeENIs: ['data', 'voice'] },
    webhook: { isOn: false },
    manifests: false,
    vpc: { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] },
  },
  /** What an organisation may ask of everything that is made in its accounts. */
  ruled: {
    clusterName: 'blue',
    vpcIds: ['vpc-0123456789abcdef0'],
    host: 'either',
    scalingGroups: { names: ['workers'], rightsBy: 'tag' },
    webhook: { reservedConcurrency: null },
    vpc: {
      subnetIds: ['subnet-0123456789abcdef0'],
      securityGroupIds: ['sg-0123456789abcdef0'],
      everyFunction: true,
    },
    permissionsBoundary: 'arn:aws:iam::123456789012:policy/teams/boundary',
    tags: { CostCentre: '4711' },
    namePrefix: 'acme-',
    kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  },
} as const satisfies Readonly<Record<string, Readonly<GivenOptions>>>;

export type InstallationName = keyof typeof INSTALLATIONS;
