import { describe, expect, inject, it } from 'vitest';
import { deployerPolicy } from '#core/manifests/deployer-policy.ts';
import { ACCOUNT_ID, REGION } from '#test/support/infra/aws-stand-in.ts';
import { BOOTSTRAP_CALLS, CALLS } from '#test/support/infra/deployer-calls.ts';
import { type Check, isAllowedTo } from '#test/support/infra/iam.ts';
import type { Resource } from '#test/support/infra/synthesis.ts';

const syntheses = inject('syntheses');

const DEPLOYER = `arn:aws:iam::${ACCOUNT_ID}:role/pipeline`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT_ID}:policy/teams/boundary`;
/** "IAM and AWS STS quotas" of the IAM User Guide: what a managed policy may have, without white space. */
const MOST_CHARACTERS = 6144;

const PLAIN = deployerPolicy({ begin: 'nodeeni-' });
const BOUND = deployerPolicy({ begin: 'acme-nodeeni-', permissionsBoundary: BOUNDARY });

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;

const ofAws = ({ resources }: { resources: readonly Resource[] }): readonly Resource[] =>
  resources.filter(({ type }) => type.startsWith('aws:'));

const refusedTo = async (policy: typeof PLAIN, calls: readonly Check[]) => {
  const judged = await Promise.all(
    calls.map(async (call) => ({ call, isAllowed: await isAllowedTo(DEPLOYER, policy, call) })),
  );
  return judged
    .filter(({ isAllowed }) => !isAllowed)
    .map(({ call: { action, resource } }) => `${action} ${resource}`);
};

describe.each([
  { name: 'usual', policy: PLAIN },
  { name: 'grown', policy: PLAIN },
  { name: 'secluded', policy: PLAIN },
  { name: 'ruled', policy: BOUND },
] as const)('the policy for whoever deploys the $name installation', ({ name, policy }) => {
  const resources = ofAws(syntheses[name]);

  it('knows the calls for every type of resource that is made', () => {
    expect(resources.filter(({ type }) => CALLS[type] === undefined)).toEqual([]);
  });

  it('allows every call that they come to, from the first deploy to the removal', async () => {
    const calls = resources.flatMap(
      (resource) => CALLS[resource.type]?.(resource, resources) ?? [],
    );

    expect(calls.length).toBeGreaterThan(500);
    expect(await refusedTo(policy, [...calls, ...BOOTSTRAP_CALLS])).toEqual([]);
  });

  it('fits into what IAM takes of a managed policy', () => {
    expect(JSON.stringify(policy).length).toBeLessThan(MOST_CHARACTERS);
  });
});

const OUR_ROLE = `arn:aws:iam::${ACCOUNT_ID}:role/acme-nodeeni-test-sweep-eu-west-1`;
const OTHER_ROLE = `arn:aws:iam::${ACCOUNT_ID}:role/admin`;

const DENIED: readonly (Check & { readonly name: string })[] = [
  { name: 'a role without the boundary', action: 'iam:CreateRole', resource: OUR_ROLE },
  {
    name: 'a role with another boundary',
    action: 'iam:CreateRole',
    resource: OUR_ROLE,
    context: { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess' },
  },
  {
    name: 'rights for a role that is not bounded',
    action: 'iam:PutRolePolicy',
    resource: OUR_ROLE,
  },
  {
    name: 'taking the boundary off',
    action: 'iam:DeleteRolePermissionsBoundary',
    resource: OUR_ROLE,
  },
  {
    name: 'a managed policy for a role',
    action: 'iam:AttachRolePolicy',
    resource: OUR_ROLE,
    context: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' },
  },
  {
    name: 'rights for a role of somebody else',
    action: 'iam:PutRolePolicy',
    resource: OTHER_ROLE,
    context: { 'iam:PermissionsBoundary': BOUNDARY },
  },
  {
    name: 'a role of ours for a machine',
    action: 'iam:PassRole',
    resource: OUR_ROLE,
    context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
  },
  {
    name: 'a role of somebody else for a function',
    action: 'iam:PassRole',
    resource: OTHER_ROLE,
    context: { 'iam:PassedToService': 'lambda.amazonaws.com' },
  },
  {
    name: 'changing a function of somebody else',
    action: 'lambda:UpdateFunctionCode',
    resource: arn('lambda', 'function:billing'),
  },
  {
    name: 'a mapping to a function of somebody else',
    action: 'lambda:CreateEventSourceMapping',
    resource: '*',
    context: { 'lambda:FunctionArn': arn('lambda', 'function:billing') },
  },
  {
    name: 'reading a queue of somebody else',
    action: 'sqs:ReceiveMessage',
    resource: arn('sqs', 'orders'),
  },
  {
    name: 'deleting logs of somebody else',
    action: 'logs:DeleteLogGroup',
    resource: arn('logs', 'log-group:/aws/lambda/billing'),
  },
  {
    name: 'silencing an alarm of somebody else',
    action: 'cloudwatch:DeleteAlarms',
    resource: arn('cloudwatch', 'alarm:billing'),
  },
  {
    name: 'letting another group into a cluster',
    action: 'eks:CreateAccessEntry',
    resource: arn('eks', 'cluster/blue'),
    context: { 'eks:kubernetesGroups': ['admins'] },
  },
  {
    name: 'a policy of EKS for anybody',
    action: 'eks:AssociateAccessPolicy',
    resource: arn('eks', `access-entry/blue/role/${ACCOUNT_ID}/admin/1`),
  },
  { name: 'ending a cluster', action: 'eks:DeleteCluster', resource: arn('eks', 'cluster/blue') },
  {
    name: 'ending an instance',
    action: 'ec2:TerminateInstances',
    resource: arn('ec2', 'instance/i-0123456789abcdef0'),
  },
  {
    name: 'taking an interface away',
    action: 'ec2:DeleteNetworkInterface',
    resource: arn('ec2', 'network-interface/eni-0123456789abcdef0'),
  },
  {
    name: 'sending commands to hosts',
    action: 'ssm:SendCommand',
    resource: arn('ssm', 'document/nodeeni-blue'),
  },
  {
    name: 'reading secrets of somebody else',
    action: 'ssm:GetParameter',
    resource: arn('ssm', 'parameter/billing/password'),
  },
  {
    name: 'reading a bucket of somebody else',
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::billing/bill.pdf',
  },
];

it.each(DENIED)('whoever deploys is denied $name', async ({ name: _, ...call }) => {
  expect(await isAllowedTo(DEPLOYER, BOUND, call)).toBe(false);
});
