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

/** What an alarm is about, and the section of the runbook that says what to do. */
interface AlarmArgs extends Partial<Omit<aws.cloudwatch.MetricAlarmArgs, 'alarmDescription'>> {
  readonly meaning: string;
  readonly section: string;
}

type Raise = (name: string, args: AlarmArgs) => void;

const raiseWith =
  ({ logical, physical, child }: Scope, { alarmTopicArn }: Pick<Options, 'alarmTopicArn'>): Raise =>
  (name, { meaning, section, ...args }) => {
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
        alarmDescription: `${meaning} What to do: docs/runbook.md#${section}`,
      },
      child,
    );
  };

const watchQueues = (raise: Raise, queues: Queues): void => {
  const { workDlq, rollUpDlq, delayDlq, deliveryDlq } = queues;
  for (const [name, queue] of Object.entries({ workDlq, rollUpDlq, delayDlq, deliveryDlq }))
    raise(`${name}NotEmpty`, {
      meaning: 'Something failed for good. The message says which instance or NodeENI.',
      section: 'dead-letters',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: queue.nodes.queue.name },
      statistic: 'Maximum',
    });

  const { work, rollUp, delay } = queues;
  for (const [name, queue] of Object.entries({ work, rollUp, delay }))
    raise(`${name}Stuck`, {
      meaning: 'The oldest message has waited too long: functions fail or are throttled.',
      section: 'old-messages',
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
      meaning: `${metricName} for a quarter of an hour. ${description}.`,
      section: metricName.toLowerCase(),
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
    meaning: 'Of three sweeps in a row, none took place and succeeded.',
    section: 'no-sweep',
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
      meaning: `${what} have failed for a quarter of an hour. The log line says which, and why.`,
      section: 'work-that-keeps-failing',
      namespace: 'nodeeni',
      metricName: name,
      dimensions: { cluster: clusterName, service: 'nodeeni' },
      statistic: 'Sum',
      evaluationPeriods: 3,
    });
};

/** What of the NodeENIs themselves a person has to look at: the sweep counts those that are late. */
const watchNodeEnis = (raise: Raise, clusterName: string): void =>
  raise('NodeEnisNotReady', {
    meaning:
      'NodeENIs have not been ready for a quarter of an hour. The line of the sweep names them.',
    section: 'not-ready',
    namespace: 'nodeeni',
    metricName: 'NodeEnisNotReady',
    dimensions: { cluster: clusterName, service: 'nodeeni' },
    statistic: 'Maximum',
  });

/** Which lines that the worker logs about a launch hook make somebody look, and what they mean. */
const HOOK_TROUBLES = {
  HooksNearDeadline: {
    pattern: '($.type = "wait") && ($.isLate IS TRUE)',
    meaning: 'Instances still wait for interfaces, and the deadline of their launch is near.',
    section: 'launches-near-their-deadline',
  },
  // The reasons of all other completions begin otherwise.
  HooksGivenUp: {
    pattern:
      '($.type = "complete") && (($.why = "Not ready*") || ($.why = "Cannot become ready*"))',
    meaning:
      'Instances were not ready at the deadline of their launch hook, or could not become so. The log line names them.',
    section: 'launches-given-up',
  },
} as const;

const watchHooks = (
  { logical, child }: Scope,
  raise: Raise,
  { logGroup, clusterName }: { readonly logGroup: aws.cloudwatch.LogGroup; clusterName: string },
): void => {
  for (const [name, { pattern, ...told }] of Object.entries(HOOK_TROUBLES)) {
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
      ...told,
      namespace: 'nodeeni',
      metricName: name,
      dimensions: { cluster: clusterName },
      statistic: 'Sum',
    });
  }
};

const watchDoor = (raise: Raise, clusterName: string): void =>
  raise('CallsRefused', {
    meaning: 'Somebody tries paths at the public URL.',
    section: 'refused-calls',
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
  watchNodeEnis(raise, options.clusterName);
  watchHooks(scope, raise, {
    logGroup: functions.reconcile.logGroup,
    clusterName: options.clusterName,
  });
  if (functions['on-kubernetes-change'] !== undefined) watchDoor(raise, options.clusterName);
};
