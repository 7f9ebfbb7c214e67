import type { Properties } from '../provider.ts';
import { type Kinds, tagList, text } from './kind.ts';
import { isArnOf, isNoLongerThan, isWithin, matches, refusalsOf } from './limits.ts';

const ruleOf = (inputs: Properties) => ({
  Name: inputs.name,
  Description: inputs.description,
  EventPattern: inputs.eventPattern,
  ScheduleExpression: inputs.scheduleExpression,
  State: inputs.state ?? 'ENABLED',
});

const targetOf = (inputs: Properties) => {
  const dlq = inputs.deadLetterConfig as Properties | undefined;
  const retries = inputs.retryPolicy as Properties | undefined;
  return {
    Id: inputs.targetId,
    Arn: inputs.arn,
    ...(dlq && { DeadLetterConfig: { Arn: dlq.arn } }),
    ...(retries && {
      RetryPolicy: {
        MaximumRetryAttempts: retries.maximumRetryAttempts,
        MaximumEventAgeInSeconds: retries.maximumEventAgeInSeconds,
      },
    }),
  };
};

/** "PutTargets" answers well and names what it did not take. */
const throwIfFailed = ({ FailedEntries = [] }: Properties): void => {
  const failed = FailedEntries as readonly object[];
  if (failed.length > 0) throw new Error(`EventBridge refused ${JSON.stringify(failed)}`);
};

export const EVENTS: Kinds = {
  'aws:cloudwatch/eventRule:EventRule': {
    naming: { property: 'name', most: 64 },
    fixed: ['name', 'eventBusName'],
    refusals: (inputs) =>
      refusalsOf(inputs, {
        name: matches(/^[\w.-]{1,64}$/),
        description: isNoLongerThan(512),
        eventPattern: isNoLongerThan(4096),
      }),
    create: async (inputs, { calls }) => {
      const body = { ...ruleOf(inputs), Tags: tagList(inputs) };
      const { RuleArn } = await calls.json('events', 'AWSEvents.PutRule', body);
      return { id: text(inputs, 'name'), properties: { ...inputs, arn: RuleArn } };
    },
    update: async ({ properties }, { after }, { calls }) => {
      await calls.json('events', 'AWSEvents.PutRule', ruleOf(after));
      return { ...properties, ...after };
    },
    remove: async ({ id: Name }, { calls }) => {
      await calls.json('events', 'AWSEvents.DeleteRule', { Name });
    },
  },
  'aws:cloudwatch/eventTarget:EventTarget': {
    naming: { property: 'targetId', most: 64 },
    fixed: ['rule', 'eventBusName', 'targetId'],
    refusals: (inputs) => [
      ...refusalsOf(inputs, { arn: isArnOf('lambda', 'function:') }),
      ...refusalsOf((inputs.deadLetterConfig ?? {}) as Properties, { arn: isArnOf('sqs', '') }),
      ...refusalsOf((inputs.retryPolicy ?? {}) as Properties, {
        maximumRetryAttempts: isWithin(0, 185),
        maximumEventAgeInSeconds: isWithin(60, 86_400),
      }),
    ],
    create: async (inputs, { calls }) => {
      const body = { Rule: inputs.rule, Targets: [targetOf(inputs)] };
      throwIfFailed(await calls.json('events', 'AWSEvents.PutTargets', body));
      const id = `${text(inputs, 'rule')}-${text(inputs, 'targetId')}`;
      return { id, properties: inputs };
    },
    update: async (_made, { after }, { calls }) => {
      const body = { Rule: after.rule, Targets: [targetOf(after)] };
      throwIfFailed(await calls.json('events', 'AWSEvents.PutTargets', body));
      return after;
    },
    remove: async ({ properties }, { calls }) => {
      const body = { Rule: properties.rule, Ids: [properties.targetId] };
      throwIfFailed(await calls.json('events', 'AWSEvents.RemoveTargets', body));
    },
  },
};
