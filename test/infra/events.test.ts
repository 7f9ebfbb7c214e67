import { describe, expect, inject, it } from 'vitest';
import { INBOUND_EVENTS, parseEvent } from '#core/events/index.ts';
import type { EventPattern } from '#core/events/routes.ts';
import { hookSettings } from '#core/scaling/hook-metadata.ts';
import { hookMetadata } from '#stacks/hook-metadata.ts';
import { parseOptions } from '#stacks/options.ts';
import { jsonOf, type Resource, resourceOf, resourcesOf } from '#test/support/infra/synthesis.ts';

const { usual, grown, secluded } = inject('syntheses');

const RULE = 'aws:cloudwatch/eventRule:EventRule';
const TARGET = 'aws:cloudwatch/eventTarget:EventTarget';
const PERMISSION = 'aws:lambda/permission:Permission';

const rules = resourcesOf(usual, RULE).filter(({ inputs }) => 'eventPattern' in inputs);

const patternOf = (rule: Resource): EventPattern => jsonOf(rule, 'eventPattern') as EventPattern;

const ruleFor = (detailType: string): Resource => {
  const found = rules.find((rule) => patternOf(rule)['detail-type'].includes(detailType));
  if (found === undefined) throw new Error(`no rule for ${detailType}`);
  return found;
};

const FUNCTION_BY_SOURCE: Readonly<Record<string, string>> = {
  'aws.ec2': 'OnEc2StateChangeFunction',
  'aws.autoscaling': 'OnAsgLifecycleFunction',
  'aws.ssm': 'OnCommandResultFunction',
};

const functionOf = (arn: unknown): string =>
  String(arn).replace(/^.*nodeeni-test-(\w+)-\w+$/, '$1');

it('has one rule for each event that the parsers understand, and no other', () => {
  const told = rules.map(patternOf).map((pattern) => [pattern.source, pattern['detail-type']]);

  expect(told).toEqual(
    expect.arrayContaining(
      INBOUND_EVENTS.map(({ source, detailType }) => [[source], [detailType]]),
    ),
  );
  expect(told).toHaveLength(INBOUND_EVENTS.length);
});

it('lets through the states of an instance that the parser would ask for a reconcile at', () => {
  const detailType = 'EC2 Instance State-change Notification';
  const states = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'];
  const asked = states.filter((state) => {
    const detail = { 'instance-id': 'i-0123456789abcdef0', state };
    return parseEvent({ source: 'aws.ec2', 'detail-type': detailType, detail }).kind === 'work';
  });

  expect(patternOf(ruleFor(detailType)).detail).toEqual({ state: asked });
  expect(asked).not.toContain('pending');
});

it('lets through the ends of commands by the document of this installation', () => {
  const detailType = 'EC2 Command Invocation Status-change Notification';

  expect(patternOf(ruleFor(detailType)).detail).toEqual({
    'document-name': ['nodeeni-blue'],
    status: ['Success', 'TimedOut', 'Cancelled', 'Failed'],
  });
});

describe.each(['launch', 'terminate'])('the rule for %s hooks', (end) => {
  const { detail } = patternOf(ruleFor(`EC2 Instance-${end} Lifecycle Action`));
  const filters = (detail?.NotificationMetadata ?? []) as readonly { wildcard: string }[];
  const matches = (metadata: string): boolean =>
    detail === undefined ||
    filters.some(({ wildcard }) =>
      new RegExp(`^${wildcard.split('*').join('.*')}$`, 's').test(metadata),
    );

  it.each(['{"cluster":"blue"}', '{ "completeWhen": "Attached",\n "cluster" : "blue" }'])(
    'lets through the metadata %s',
    (metadata) => {
      expect(hookSettings({ notificationMetadata: metadata }, { name: 'blue' })).toBeDefined();
      expect(matches(metadata)).toBe(true);
    },
  );

  it.each(['', '{"cluster":"blue-2"}', '{"cluster":"green"}', 'blue'])(
    'keeps out the metadata %j',
    (metadata) => {
      expect(matches(metadata)).toBe(false);
    },
  );
});

describe.each(rules.map((rule) => ({ name: rule.name, rule })))('the rule $name', ({ rule }) => {
  const { inputs: target } = resourceOf(usual, TARGET, `${rule.name}Target`);

  it('wakes the function that parses its events, and may', () => {
    const [source] = patternOf(rule).source;
    const { inputs: permission } = resourceOf(usual, PERMISSION, `${rule.name}Permission`);

    expect(functionOf(target.arn)).toBe(FUNCTION_BY_SOURCE[source ?? '']);
    expect(permission).toMatchObject({
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: `arn:aws:events:eu-west-1:123456789012:rule/nodeeni-test-${rule.name}`,
    });
    expect(String(permission.function)).toContain(functionOf(target.arn));
  });

  it('keeps what it could not deliver for an hour', () => {
    expect(target.retryPolicy).toMatchObject({ maximumEventAgeInSeconds: 3600 });
    expect(target.deadLetterConfig).toEqual({
      arn: expect.stringMatching(/:nodeeni-test-DeliveryDlqQueue-\w+$/),
    });
  });
});

it('lets exactly these rules put letters into the queue for undeliverable events', () => {
  const policy = resourceOf(usual, 'aws:sqs/queuePolicy:QueuePolicy', 'DeliveryDlqPolicy');
  const arns = rules.map(
    ({ name }) => `arn:aws:events:eu-west-1:123456789012:rule/nodeeni-test-${name}`,
  );

  expect(jsonOf(policy, 'policy')).toMatchObject({
    Statement: [
      {
        Principal: { Service: 'events.amazonaws.com' },
        Action: ['sqs:SendMessage'],
        Condition: { ArnEquals: { 'aws:SourceArn': arns } },
      },
    ],
  });
});

it.each(['OnAsgLifecycle', 'OnEc2StateChange', 'OnCommandResult'])(
  'keeps what %s failed at',
  (name) => {
    const { inputs } = resourceOf(
      usual,
      'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig',
      `${name}Failures`,
    );

    expect(inputs.destinationConfig).toEqual({
      onFailure: { destination: expect.stringContaining('DeliveryDlqQueue') },
    });
  },
);

describe('the sweep', () => {
  it('comes every five minutes, and every minute where nothing tells of changes', () => {
    const schedules = [usual, secluded].map(
      (synthesis) => resourceOf(synthesis, RULE, 'SweepSchedule').inputs.scheduleExpression,
    );

    expect(schedules).toEqual(['rate(5 minutes)', 'rate(1 minute)']);
  });

  it('is not tried again when it fails', () => {
    const { inputs } = resourceOf(
      usual,
      'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig',
      'SweepFailures',
    );

    expect(inputs.maximumRetryAttempts).toBe(0);
  });
});

const LEAST = { clusterName: 'c'.repeat(100), vpcIds: ['vpc-0123456789abcdef0'] };

describe('the lifecycle hooks', () => {
  const HOOK = 'aws:autoscaling/lifecycleHook:LifecycleHook';

  it('are made for the groups of the options and for no others', () => {
    expect(resourcesOf(usual, HOOK)).toEqual([]);
    expect(resourcesOf(grown, HOOK).map(({ inputs }) => inputs.autoscalingGroupName)).toEqual([
      'workers',
      'workers',
      'gpu-workers',
      'gpu-workers',
    ]);
  });

  it('tell the functions what the options say', () => {
    const { inputs } = resourceOf(grown, HOOK, 'workers-launch');
    const notificationMetadata = String(inputs.notificationMetadata);

    expect(hookSettings({ notificationMetadata }, { name: 'blue' })).toEqual({
      cluster: 'blue',
      completeWhen: 'Configured',
      deadlineSeconds: 600,
      onDeadline: 'CONTINUE',
    });
  });

  it('name whose interfaces a launch waits for, where the options do', () => {
    const { inputs } = resourceOf(secluded, HOOK, 'workers-launch');
    const notificationMetadata = String(inputs.notificationMetadata);

    expect(hookSettings({ notificationMetadata }, { name: 'blue' })).toMatchObject({
      nodeENIs: ['data', 'voice'],
    });
  });

  it('hold the longest names that the options take', () => {
    const nodeENIs = Array.from({ length: 14 }, (_, index) => `${index}`.padStart(253, 'n'));
    const { hooks, clusterName } = parseOptions({ ...LEAST, hooks: { nodeENIs } });

    expect(JSON.stringify(hookMetadata({ clusterName, hooks })).length).toBeLessThanOrEqual(4000);
  });

  it('abandon a launch that nobody completes, and never hold up an end', () => {
    const results = ['workers-launch', 'workers-terminate'].map(
      (name) => resourceOf(secluded, HOOK, name).inputs.defaultResult,
    );

    expect(results).toEqual(['ABANDON', 'CONTINUE']);
  });
});
