import { FUNCTION_SETTINGS, type FunctionName, resourceNameOf } from './function-settings.ts';
import type { DeployedFunction } from './functions.ts';
import type { Options } from './options.ts';
import type { Queues } from './queues.ts';
import type { Scope } from './scope.ts';

const MINUTE_SECONDS = 60;

/** What CloudWatch takes ("PutMetricAlarm", Amazon CloudWatch API Reference). */
const MOST_IN_NAME = 255;

/** Older than the longest time that a message may be hidden twice over: somebody is stuck. */
const STUCK_SECONDS = 15 * MINUTE_SECONDS;

/** A wrong path now and then is a scanner; this many in five minutes are somebody who means it. */
const SUSPICIOUS_CALLS = 100;

type AlarmArgs = Omit<aws.cloudwatch.MetricAlarmArgs, 'comparisonOperator' | 'evaluationPeriods'>;

type Raise = (
  name: string,
  args: AlarmArgs &
    Partial<Pick<aws.cloudwatch.MetricAlarmArgs, 'comparisonOperator' | 'evaluationPeriods'>>,
) => void;

const raiseWith =
  ({ logical, physical, child }: Scope, { alarmTopicArn }: Pick<Options, 'alarmTopicArn'>): Raise =>
  (name, args) => {
    const actions = alarmTopicArn === undefined ? [] : [alarmTopicArn];
    new aws.cloudwatch.MetricAlarm(
      logical(name),
      {
        name: physical({ part: name, most: MOST_IN_NAME }),
        comparisonOperator: 'GreaterThanThreshold',
        evaluationPeriods: 1,
        threshold: 0,
        ...(args.metricQueries === undefined && { period: 5 * MINUTE_SECONDS }),
        treatMissingData: 'notBreaching',
        alarmActions: actions,
        okActions: actions,
        ...args,
      },
      child,
    );
  };

const watchQueues = (raise: Raise, queues: Queues): void => {
  const { workDlq, rollUpDlq, delayDlq, deliveryDlq } = queues;
  for (const [name, queue] of Object.entries({ workDlq, rollUpDlq, delayDlq, deliveryDlq }))
    raise(`${name}NotEmpty`, {
      alarmDescription: 'Something failed for good. The message says which instance or NodeENI.',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: queue.nodes.queue.name },
      statistic: 'Maximum',
    });

  const { work, rollUp, delay } = queues;
  for (const [name, queue] of Object.entries({ work, rollUp, delay }))
    raise(`${name}Stuck`, {
      alarmDescription: 'The oldest message has waited too long: functions fail or are throttled.',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: queue.nodes.queue.name },
      statistic: 'Maximum',
      threshold: STUCK_SECONDS,
    });
};

const watchFunction = (raise: Raise, name: FunctionName, { lambda }: DeployedFunction): void => {
  const { description } = FUNCTION_SETTINGS[name];
  for (const metricName of ['Errors', 'Throttles'])
    raise(`${resourceNameOf(name)}${metricName}`, {
      alarmDescription: `${metricName} for a quarter of an hour. ${description}.`,
      namespace: 'AWS/Lambda',
      metricName,
      dimensions: { FunctionName: lambda.name },
      statistic: 'Sum',
      evaluationPeriods: 3,
    });
};

/** Without sweeps, nothing that an event missed is ever found. One that ends in an error is none. */
const watchSweep = (
  raise: Raise,
  { lambda }: DeployedFunction,
  { sweepMinutes }: Pick<Options, 'sweepMinutes'>,
): void => {
  const count = (id: string, metricName: string) => ({
    id,
    metric: {
      namespace: 'AWS/Lambda',
      metricName,
      dimensions: { FunctionName: lambda.name },
      stat: 'Sum',
      period: 3 * sweepMinutes * MINUTE_SECONDS,
    },
  });
  raise('SweepMissing', {
    alarmDescription: 'Of three sweeps in a row, none took place and succeeded.',
    metricQueries: [
      count('invocations', 'Invocations'),
      count('errors', 'Errors'),
      { id: 'succeeded', expression: 'invocations - FILL(errors, 0)', returnData: true },
    ],
    comparisonOperator: 'LessThanThreshold',
    threshold: 1,
    treatMissingData: 'breaching',
  });
};

/** Work that fails is acknowledged and asked for again: neither an error nor an old message tells of it. */
const FAILING_WORK = {
  ReconcilesFailed: 'Reconciles of instances',
  RollUpsFailed: 'Roll-ups of NodeENIs',
} as const;

const watchWork = (raise: Raise, clusterName: string): void => {
  for (const [name, what] of Object.entries(FAILING_WORK))
    raise(name, {
      alarmDescription: `${what} have failed for a quarter of an hour. The log line says which, and why.`,
      namespace: 'nodeeni',
      metricName: name,
      dimensions: { cluster: clusterName, service: 'nodeeni' },
      statistic: 'Sum',
      evaluationPeriods: 3,
    });
};

/** Which lines that the worker logs about a launch hook make somebody look, and what they mean. */
const HOOK_TROUBLES = {
  HooksNearDeadline: {
    pattern: '($.type = "wait") && ($.isLate IS TRUE)',
    alarmDescription:
      'Instances still wait for interfaces, and the deadline of their launch is near.',
  },
  // The reasons of all other completions begin otherwise.
  HooksGivenUp: {
    pattern:
      '($.type = "complete") && (($.why = "Not ready*") || ($.why = "Cannot become ready*"))',
    alarmDescription:
      'Instances were not ready at the deadline of their launch hook, or could not become so.',
  },
} as const;

const watchHooks = (
  { logical, child }: Scope,
  raise: Raise,
  { logGroup, clusterName }: { readonly logGroup: aws.cloudwatch.LogGroup; clusterName: string },
): void => {
  for (const [name, { pattern, alarmDescription }] of Object.entries(HOOK_TROUBLES)) {
    new aws.cloudwatch.LogMetricFilter(
      logical(`${name}Filter`),
      {
        logGroupName: logGroup.name,
        pattern: `{ ($.message = "lifecycle hook") && ${pattern} }`,
        metricTransformation: {
          name,
          namespace: 'nodeeni',
          value: '1',
          dimensions: { cluster: '$.cluster' },
        },
      },
      child,
    );
    raise(name, {
      alarmDescription,
      namespace: 'nodeeni',
      metricName: name,
      dimensions: { cluster: clusterName },
      statistic: 'Sum',
    });
  }
};

const watchDoor = (raise: Raise, clusterName: string): void =>
  raise('CallsRefused', {
    alarmDescription: 'Somebody tries paths at the public URL.',
    namespace: 'nodeeni',
    metricName: 'CallsRefused',
    dimensions: { cluster: clusterName, service: 'nodeeni', reason: 'secret' },
    statistic: 'Sum',
    threshold: SUSPICIOUS_CALLS,
  });

/** One alarm for each way in which the whole can stand still without anybody noticing. */
export const createAlarms = (
  scope: Scope,
  options: Options,
  {
    queues,
    functions,
  }: {
    readonly queues: Queues;
    readonly functions: Readonly<Partial<Record<FunctionName, DeployedFunction>>> & {
      readonly reconcile: DeployedFunction;
      readonly sweep: DeployedFunction;
    };
  },
): void => {
  const raise = raiseWith(scope, options);
  watchQueues(raise, queues);
  for (const [name, deployed] of Object.entries(functions))
    watchFunction(raise, name as FunctionName, deployed);
  watchSweep(raise, functions.sweep, options);
  watchWork(raise, options.clusterName);
  watchHooks(scope, raise, {
    logGroup: functions.reconcile.logGroup,
    clusterName: options.clusterName,
  });
  if (functions['on-kubernetes-change'] !== undefined) watchDoor(raise, options.clusterName);
};
