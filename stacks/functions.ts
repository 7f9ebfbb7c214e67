import { dirname, join } from 'node:path';
import { LOOPING_FUNCTIONS } from '#core/events/looping-functions.ts';
import { findBuiltFile } from './built-file.ts';
import { routerEnvironment, workerEnvironment } from './environment.ts';
import {
  FUNCTION_SETTINGS,
  type FunctionName,
  isInVpc,
  isWorker,
  resourceNameOf,
} from './function-settings.ts';
import type { HostCommandAssets } from './host-commands.ts';
import type { Options } from './options.ts';
import { findPlace } from './place.ts';
import { statementsFor } from './policies/function-policies.ts';
import { documentOf } from './policies/statement.ts';
import type { Queues } from './queues.ts';
import type { Scope } from './scope.ts';

/** Only Lambda may be the function. SST's own role would let the whole account. */
const TRUST = documentOf([
  {
    Sid: 'Lambda',
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: ['sts:AssumeRole'],
  },
]);

export interface FunctionDependencies {
  readonly scope: Scope;
  readonly options: Options;
  readonly queues: Queues;
  /** Uid of the cluster, where it is known. */
  readonly clusterUid?: $util.Input<string | undefined>;
  /** Absent where no commands are sent to hosts. */
  readonly hostCommands?: HostCommandAssets;
}

/** What only one of the functions has. */
interface Extras {
  readonly environment?: Readonly<Record<string, $util.Input<string>>>;
  readonly url?: { readonly authorization: 'none'; readonly cors: false };
  readonly concurrency?: { readonly reserved: number };
}

const environmentOf = (
  name: FunctionName,
  { options, queues, hostCommands }: FunctionDependencies,
) => {
  const { work, rollUp, delay } = queues;
  const urls = { work: work.url, rollUp: rollUp.url, delay: delay.url };
  return $resolve({ ...urls, bundle: hostCommands?.bundleUrl }).apply(({ bundle, ...known }) =>
    isWorker(name) ? workerEnvironment(options, known, bundle) : routerEnvironment(options, known),
  );
};

const policyOf = (
  name: FunctionName,
  { scope, options, clusterUid, queues, hostCommands }: FunctionDependencies,
  logGroupArn: $util.Output<string>,
) =>
  $resolve({
    place: findPlace(scope),
    clusterUid,
    logGroupArn,
    work: queues.work.arn,
    rollUp: queues.rollUp.arn,
    delay: queues.delay.arn,
    deliveryDlq: queues.deliveryDlq.arn,
    bundle: hostCommands?.bundleArn,
  }).apply(({ place, clusterUid: uid, logGroupArn: logs, bundle, ...arns }) =>
    documentOf(
      statementsFor(name, {
        place,
        options,
        clusterUid: uid,
        logGroupArn: logs,
        queues: arns,
        ...(bundle !== undefined && { bundleArn: bundle }),
      }),
    ),
  );

/** The folder of a function's bundle. Throws an Error that says how to make it. */
const bundleOf = (name: FunctionName): string =>
  dirname(findBuiltFile(join('dist', 'functions', name, 'index.mjs')));

const vpcOf = (name: FunctionName, { vpc }: Options) =>
  vpc !== undefined && isInVpc(name, { vpc })
    ? { vpc: { privateSubnets: vpc.subnetIds, securityGroups: vpc.securityGroupIds } }
    : {};

const allowLoop = (
  { logical, child }: Scope,
  name: FunctionName,
  lambda: sst.aws.Function,
): void => {
  if (!LOOPING_FUNCTIONS.includes(name)) return;
  new aws.lambda.FunctionRecursionConfig(
    logical(`${resourceNameOf(name)}Recursion`),
    { functionName: lambda.name, recursiveLoop: 'Allow' },
    child,
  );
};

const tracingOf = (name: FunctionName, { tracing }: Options) =>
  isWorker(name) && tracing ? { tracingConfig: { mode: 'Active' } } : {};

/** What IAM takes ("IAM and AWS STS quotas", IAM User Guide). Roles are not of a region, so that their names tell which. */
const MOST_IN_ROLE_NAME = 64;

const createRole = (name: FunctionName, { scope }: FunctionDependencies) =>
  new aws.iam.Role(
    scope.logical(`${resourceNameOf(name)}ExecutionRole`),
    {
      name: findPlace(scope).apply(({ region }) =>
        scope.physical({ part: `${name}-${region}`, most: MOST_IN_ROLE_NAME }),
      ),
      assumeRolePolicy: TRUST,
      description: FUNCTION_SETTINGS[name].description,
    },
    scope.child,
  );

/** One function as it was built, with a role and a log group that are its alone. */
export const createFunction = (
  name: FunctionName,
  given: FunctionDependencies,
  { environment, ...extras }: Extras = {},
) => {
  const { scope, options } = given;
  const { logical, child } = scope;
  const { timeoutSeconds, memoryMegabytes, description } = FUNCTION_SETTINGS[name];
  const resourceName = resourceNameOf(name);

  const logGroup = new aws.cloudwatch.LogGroup(
    logical(`${resourceName}Logs`),
    {
      name: scope.logGroup(name),
      retentionInDays: options.logRetentionDays,
      ...(options.kmsKeyArn && { kmsKeyId: options.kmsKeyArn }),
    },
    child,
  );
  const role = createRole(name, given);
  const policy = new aws.iam.RolePolicy(
    logical(`${resourceName}Policy`),
    { role: role.name, policy: policyOf(name, given, logGroup.arn) },
    child,
  );
  const lambda = new sst.aws.Function(
    logical(resourceName),
    {
      bundle: bundleOf(name),
      handler: 'index.handler',
      description,
      runtime: 'nodejs24.x',
      architecture: 'arm64',
      timeout: `${timeoutSeconds} seconds`,
      memory: `${memoryMegabytes} MB`,
      role: role.arn,
      logging: { format: 'json', logGroup: logGroup.name },
      environment: $resolve([environmentOf(name, given), environment ?? {}]).apply(
        ([own, extra]) => ({ ...own, ...extra }),
      ),
      ...vpcOf(name, options),
      ...extras,
      transform: { function: tracingOf(name, options) },
    },
    // Lambda tries the role out when it makes a function in a VPC, or a mapping from a queue.
    { ...child, dependsOn: [policy] },
  );
  allowLoop(scope, name, lambda);
  return { lambda, role, logGroup };
};

export type DeployedFunction = ReturnType<typeof createFunction>;

/** All functions but the one behind the webhook, which is not there without it. */
export const createFunctions = (given: FunctionDependencies) => ({
  'on-asg-lifecycle': createFunction('on-asg-lifecycle', given),
  'on-ec2-state-change': createFunction('on-ec2-state-change', given),
  'on-command-result': createFunction('on-command-result', given),
  requeue: createFunction('requeue', given),
  reconcile: createFunction('reconcile', given),
  'roll-up': createFunction('roll-up', given),
  sweep: createFunction('sweep', given),
  'on-remove': createFunction('on-remove', given),
});

export type Functions = ReturnType<typeof createFunctions>;
