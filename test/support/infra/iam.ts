import { runSimulation } from '@cloud-copilot/iam-simulate';
import { type FunctionName, resourceNameOf } from '#stacks/function-settings.ts';
import { ACCOUNT_ID } from './aws-stand-in.ts';
import { jsonOf, resourceOf, type Synthesis } from './synthesis.ts';

/** One check that AWS makes of a call: it makes one for each kind of resource that the call touches. */
export interface Check {
  readonly action: string;
  readonly resource: string;
  /** What AWS knows of the call and the resource, by condition key. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly { readonly Sid: string; readonly Action: readonly string[] }[];
}

/** What a function may do, as it was synthesised. */
export const policyOf = (synthesis: Synthesis, name: FunctionName): PolicyDocument =>
  jsonOf(
    resourceOf(synthesis, 'aws:iam/rolePolicy:RolePolicy', `${resourceNameOf(name)}Policy`),
    'policy',
  ) as PolicyDocument;

/** The policy a key has unless somebody writes another: identities of its account need a policy of their own, too. */
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
};

const toVariables = (context: NonNullable<Check['context']>): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(context).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : [...value],
    ]),
  );

/**
 * The simulator knows keys with a variable part after a slash only. This one has it after a colon, so policy and
 * request both get it under a name of the other kind.
 */
const withKnownKeys = <T>(given: T): T =>
  JSON.parse(
    JSON.stringify(given).replaceAll(
      '"kms:EncryptionContext:PARAMETER_ARN"',
      '"aws:PrincipalTag/PARAMETER_ARN"',
    ),
  ) as T;

/**
 * Whether AWS would allow it, by a simulator that others wrote. Throws for a check that AWS would not make: an unknown
 * action, a resource it does not know, or a condition key that is not there for them.
 */
export const isAllowedTo = async (
  principal: string,
  policy: PolicyDocument,
  { action, resource, context = {} }: Check,
): Promise<boolean> => {
  const outcome = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: ACCOUNT_ID },
        contextVariables: withKnownKeys(toVariables(context)),
      },
      identityPolicies: [{ name: 'role', policy: withKnownKeys(policy) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(action.startsWith('kms:') && { resourcePolicy: KEY_POLICY }),
    },
    {},
  );
  if (outcome.resultType === 'error')
    throw new Error(`${action} on ${resource}: ${JSON.stringify(outcome.errors)}`);
  if (outcome.resultType === 'single' && outcome.result.ignoredContextKeys?.length)
    throw new Error(`${action} has no ${outcome.result.ignoredContextKeys.join(', ')}`);
  return outcome.overallResult === 'Allowed';
};

/** The same for a function, as its role. */
export const isAllowed = async (
  policy: PolicyDocument,
  name: FunctionName,
  check: Check,
): Promise<boolean> =>
  isAllowedTo(`arn:aws:iam::${ACCOUNT_ID}:role/nodeeni-test-${name}-eu-west-1`, policy, check);

/** The same policy without one statement. */
export const without = (policy: PolicyDocument, sid: string): PolicyDocument => ({
  ...policy,
  Statement: policy.Statement.filter(({ Sid }) => Sid !== sid),
});
