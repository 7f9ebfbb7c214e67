import type { AwsCalls } from './aws/calls.ts';
import type { Checkout, DeployStage } from './stage.ts';

type Removal = (calls: AwsCalls, name: string) => Promise<unknown>;

const IAM_VERSION = '2010-05-08';

const removeRole: Removal = async (calls, RoleName) => {
  const listed = await calls.query('iam', IAM_VERSION, { Action: 'ListRolePolicies', RoleName });
  for (const [, PolicyName] of listed.matchAll(/<member>([^<]+)</g))
    await calls.query('iam', IAM_VERSION, { Action: 'DeleteRolePolicy', RoleName, PolicyName });
  await calls.query('iam', IAM_VERSION, { Action: 'DeleteRole', RoleName });
};

/** How AWS says that a name is taken, and how a person takes the thing of that name away. */
const TAKEN: readonly { readonly message: RegExp; readonly remove: Removal }[] = [
  { message: /Role with name ([\w+=,.@-]+) already exists/g, remove: removeRole },
  {
    message: /log group already exists: ([\w/.-]+)/g,
    remove: (calls, logGroupName) =>
      calls.json('logs', 'Logs_20140328.DeleteLogGroup', { logGroupName }),
  },
  {
    message: /Function URL config already exists for ([\w-]+)/g,
    remove: (calls, name) => calls.rest('lambda', 'DELETE', `/2021-10-31/functions/${name}/url`),
  },
];

const removeTaken = async (calls: AwsCalls, output: string): Promise<number> => {
  let count = 0;
  for (const { message, remove } of TAKEN)
    for (const name of new Set([...output.matchAll(message)].map(([, taken = '']) => taken))) {
      await remove(calls, name);
      count += 1;
    }
  return count;
};

/** A deploy stops at the first things whose names are taken, so there may be more behind them. */
const MOST_TRIES = 6;

/**
 * Deploys again and again, and takes away by hand what AWS says is there already, as the guide to trouble has it. Throws what
 * a deploy prints that fails for another reason.
 */
export const deployOverLeftovers = async (
  { sst, calls }: Pick<DeployStage, 'calls'> & Pick<Checkout, 'sst'>,
  name: string,
): Promise<void> => {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const { code, output } = await sst('deploy', '--stage', name);
    if (code === 0) return;
    if ((await removeTaken(calls, output)) === 0) throw new Error(output);
  }
  throw new Error(`After ${MOST_TRIES} tries there still are names that are taken.`);
};
