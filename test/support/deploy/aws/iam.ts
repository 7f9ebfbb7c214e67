import type { Properties } from '../provider.ts';
import { type Account, type Kinds, tagList, text } from './kind.ts';
import { isArnOf, isNoLongerThan, matches, refusalsOf } from './limits.ts';

const VERSION = '2010-05-08';

/** IAM counts no white space ("IAM and AWS STS quotas"). */
const LARGEST_INLINE_POLICIES = 10_240;

const iam = ({ calls }: Account, Action: string, params: object): Promise<string> =>
  calls.query('iam', VERSION, { Action, ...params });

const isDocument = (value: unknown): boolean =>
  (JSON.parse(String(value)) as { readonly Version?: string }).Version === '2012-10-17';

const putPolicy = (account: Account, inputs: Properties): Promise<string> =>
  iam(account, 'PutRolePolicy', {
    RoleName: inputs.role,
    PolicyName: inputs.name,
    PolicyDocument: inputs.policy,
  });

export const IAM: Kinds = {
  'aws:iam/role:Role': {
    naming: { property: 'name', most: 64 },
    fixed: ['name', 'path'],
    refusals: (inputs) =>
      refusalsOf(inputs, {
        name: matches(/^[\w+=,.@-]{1,64}$/),
        description: isNoLongerThan(1000),
        assumeRolePolicy: isDocument,
        permissionsBoundary: isArnOf('iam', 'policy/'),
      }),
    create: async (inputs, account) => {
      const answer = await iam(account, 'CreateRole', {
        RoleName: inputs.name,
        AssumeRolePolicyDocument: inputs.assumeRolePolicy,
        Description: inputs.description,
        PermissionsBoundary: inputs.permissionsBoundary,
        Tags: tagList(inputs),
      });
      const arn = /<Arn>([^<]+)</.exec(answer)?.[1];
      const uniqueId = /<RoleId>([^<]+)</.exec(answer)?.[1];
      return { id: text(inputs, 'name'), properties: { ...inputs, arn, uniqueId } };
    },
    update: async ({ id, properties }, { after }, account) => {
      await iam(account, 'UpdateAssumeRolePolicy', {
        RoleName: id,
        PolicyDocument: after.assumeRolePolicy,
      });
      await iam(account, 'UpdateRole', { RoleName: id, Description: after.description });
      return { ...properties, ...after };
    },
    remove: async ({ id }, account) => {
      await iam(account, 'DeleteRole', { RoleName: id });
    },
  },
  'aws:iam/rolePolicy:RolePolicy': {
    naming: { property: 'name', most: 128 },
    fixed: ['name', 'role'],
    refusals: (inputs) =>
      refusalsOf(inputs, {
        policy: (policy) =>
          isDocument(policy) &&
          String(policy).replaceAll(/\s/g, '').length <= LARGEST_INLINE_POLICIES,
      }),
    create: async (inputs, account) => {
      await putPolicy(account, inputs);
      return { id: `${text(inputs, 'role')}:${text(inputs, 'name')}`, properties: inputs };
    },
    update: async (_made, { after }, account) => {
      await putPolicy(account, after);
      return after;
    },
    remove: async ({ id }, account) => {
      const [RoleName, PolicyName] = id.split(':');
      await iam(account, 'DeleteRolePolicy', { RoleName, PolicyName });
    },
  },
};
