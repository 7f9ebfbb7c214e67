import { eventRoutes } from '#core/events/routes.ts';
import type { Functions } from './functions.ts';
import type { Options } from './options.ts';
import { documentOf } from './policies/statement.ts';
import type { Queues } from './queues.ts';

/** After an hour the sweep has long seen what the event would have told. */
const OLDEST_EVENT_SECONDS = 3600;

interface Dependencies {
  readonly queues: Queues;
  readonly functions: Functions;
}

const invokeBy = (
  name: string,
  rule: aws.cloudwatch.EventRule,
  lambda: sst.aws.Function,
  settings: Partial<aws.cloudwatch.EventTargetArgs>,
): void => {
  new aws.lambda.Permission(`${name}Permission`, {
    action: 'lambda:InvokeFunction',
    function: lambda.name,
    principal: 'events.amazonaws.com',
    sourceArn: rule.arn,
  });
  new aws.cloudwatch.EventTarget(`${name}Target`, {
    rule: rule.name,
    arn: lambda.arn,
    ...settings,
  });
};

/** Lambda's own second tries; what fails them all is kept, since EventBridge thinks it delivered. */
const keepFailures = (name: string, lambda: sst.aws.Function, { deliveryDlq }: Queues) =>
  new aws.lambda.FunctionEventInvokeConfig(`${name}Failures`, {
    functionName: lambda.name,
    maximumRetryAttempts: 2,
    maximumEventAgeInSeconds: OLDEST_EVENT_SECONDS,
    destinationConfig: { onFailure: { destination: deliveryDlq.arn } },
  });

/** One rule for each event the parsers understand, with the pattern they would have. */
export const createEventRules = (
  { clusterName }: Pick<Options, 'clusterName'>,
  { queues, functions }: Dependencies,
): void => {
  const rules = eventRoutes(clusterName).map(({ name, pattern, functionName }) => {
    const rule = new aws.cloudwatch.EventRule(name, {
      description: `nodeeni: ${pattern['detail-type'].join(', ')}`,
      eventPattern: JSON.stringify(pattern),
    });
    invokeBy(name, rule, functions[functionName].lambda, {
      deadLetterConfig: { arn: queues.deliveryDlq.arn },
      retryPolicy: { maximumRetryAttempts: 8, maximumEventAgeInSeconds: OLDEST_EVENT_SECONDS },
    });
    return rule;
  });

  new aws.sqs.QueuePolicy('DeliveryDlqPolicy', {
    queueUrl: queues.deliveryDlq.url,
    policy: $resolve({
      queue: queues.deliveryDlq.arn,
      rules: $util.all(rules.map(({ arn }) => arn)),
    }).apply((arns) =>
      documentOf([
        {
          Sid: 'RulesOfThisDeploy',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: ['sqs:SendMessage'],
          Resource: [arns.queue],
          Condition: { ArnEquals: { 'aws:SourceArn': arns.rules } },
        },
      ]),
    ),
  });

  keepFailures('OnAsgLifecycle', functions['on-asg-lifecycle'].lambda, queues);
  keepFailures('OnEc2StateChange', functions['on-ec2-state-change'].lambda, queues);
  keepFailures('OnCommandResult', functions['on-command-result'].lambda, queues);
};

/** The sweep's clock. A sweep that fails is not tried again: the next one is due soon. */
export const createSchedule = (
  { sweepMinutes }: Pick<Options, 'sweepMinutes'>,
  { functions }: Pick<Dependencies, 'functions'>,
): void => {
  const rule = new aws.cloudwatch.EventRule('SweepSchedule', {
    description: 'nodeeni: looks for what events missed',
    scheduleExpression: sweepMinutes === 1 ? 'rate(1 minute)' : `rate(${sweepMinutes} minutes)`,
  });
  invokeBy('SweepSchedule', rule, functions.sweep.lambda, {
    retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
  });
  new aws.lambda.FunctionEventInvokeConfig('SweepFailures', {
    functionName: functions.sweep.lambda.name,
    maximumRetryAttempts: 0,
    maximumEventAgeInSeconds: 60,
  });
};
