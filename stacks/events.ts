import { eventRoutes } from '#core/events/routes.ts';
import { resourceNameOf } from './function-settings.ts';
import type { Functions } from './functions.ts';
import type { Options } from './options.ts';
import { documentOf } from './policies/statement.ts';
import type { Queues } from './queues.ts';
import type { Scope } from './scope.ts';

/** After an hour the sweep has long seen what the event would have told. */
const OLDEST_EVENT_SECONDS = 3600;

/** What EventBridge takes ("PutRule", Amazon EventBridge API Reference). */
const MOST_IN_RULE_NAME = 64;

interface Dependencies {
  readonly scope: Scope;
  readonly queues: Queues;
  readonly functions: Functions;
}

type RuleArgs = Omit<aws.cloudwatch.EventRuleArgs, 'name'>;

const createRule = ({ logical, physical, child }: Scope, name: string, args: RuleArgs) =>
  new aws.cloudwatch.EventRule(
    logical(name),
    { name: physical({ part: name, most: MOST_IN_RULE_NAME }), ...args },
    child,
  );

interface Invoked {
  readonly rule: aws.cloudwatch.EventRule;
  readonly lambda: sst.aws.Function;
  readonly settings: Partial<aws.cloudwatch.EventTargetArgs>;
}

const invokeBy = (
  { logical, child }: Scope,
  name: string,
  { rule, lambda, settings }: Invoked,
): void => {
  new aws.lambda.Permission(
    logical(`${name}Permission`),
    {
      action: 'lambda:InvokeFunction',
      function: lambda.name,
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    },
    child,
  );
  new aws.cloudwatch.EventTarget(
    logical(`${name}Target`),
    { rule: rule.name, arn: lambda.arn, ...settings },
    child,
  );
};

/** Lambda's own second tries; what fails them all is kept, since EventBridge thinks it delivered. */
const keepFailures = (
  name: 'on-asg-lifecycle' | 'on-ec2-state-change' | 'on-command-result',
  { scope: { logical, child }, functions, queues: { deliveryDlq } }: Dependencies,
) =>
  new aws.lambda.FunctionEventInvokeConfig(
    logical(`${resourceNameOf(name)}Failures`),
    {
      functionName: functions[name].lambda.name,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: OLDEST_EVENT_SECONDS,
      destinationConfig: { onFailure: { destination: deliveryDlq.arn } },
    },
    child,
  );

/** One rule for each event the parsers understand, with the pattern they would have. */
export const createEventRules = (
  { clusterName }: Pick<Options, 'clusterName'>,
  given: Dependencies,
): void => {
  const { scope, queues, functions } = given;
  const rules = eventRoutes(clusterName).map(({ name, pattern, functionName }) => {
    const rule = createRule(scope, name, {
      description: `nodeeni: ${pattern['detail-type'].join(', ')}`,
      eventPattern: JSON.stringify(pattern),
    });
    invokeBy(scope, name, {
      rule,
      lambda: functions[functionName].lambda,
      settings: {
        deadLetterConfig: { arn: queues.deliveryDlq.arn },
        retryPolicy: { maximumRetryAttempts: 8, maximumEventAgeInSeconds: OLDEST_EVENT_SECONDS },
      },
    });
    return rule;
  });

  new aws.sqs.QueuePolicy(
    scope.logical('DeliveryDlqPolicy'),
    {
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
    },
    scope.child,
  );

  keepFailures('on-asg-lifecycle', given);
  keepFailures('on-ec2-state-change', given);
  keepFailures('on-command-result', given);
};

/** The sweep's clock. A sweep that fails is not tried again: the next one is due soon. */
export const createSchedule = (
  { sweepMinutes }: Pick<Options, 'sweepMinutes'>,
  { scope, functions }: Pick<Dependencies, 'scope' | 'functions'>,
): void => {
  const rule = createRule(scope, 'SweepSchedule', {
    description: 'nodeeni: looks for what events missed',
    scheduleExpression: sweepMinutes === 1 ? 'rate(1 minute)' : `rate(${sweepMinutes} minutes)`,
  });
  invokeBy(scope, 'SweepSchedule', {
    rule,
    lambda: functions.sweep.lambda,
    settings: { retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 } },
  });
  new aws.lambda.FunctionEventInvokeConfig(
    scope.logical('SweepFailures'),
    {
      functionName: functions.sweep.lambda.name,
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    },
    scope.child,
  );
};
