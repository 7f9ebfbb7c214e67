import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { HookAction } from '#core/controllers/lifecycle-hooks/actions.ts';
import { planHook } from '#core/controllers/lifecycle-hooks/plan.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import { jsonOf, resourceOf, resourcesOf } from '#test/support/infra/synthesis.ts';

const { usual, grown, secluded } = inject('syntheses');

const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';

const alarmOf = (name: string) => resourceOf(usual, ALARM, name).inputs;

describe('the alarms', () => {
  it.each(['workDlq', 'rollUpDlq', 'delayDlq', 'deliveryDlq'])(
    'tell of the first message in %s',
    (name) => {
      expect(alarmOf(`${name}NotEmpty`)).toMatchObject({
        namespace: 'AWS/SQS',
        metricName: 'ApproximateNumberOfMessagesVisible',
        comparisonOperator: 'GreaterThanThreshold',
        threshold: 0,
        evaluationPeriods: 1,
        dimensions: {
          QueueName: expect.stringMatching(
            new RegExp(`-${name.replace('rollUp', 'rollUps')}Queue-`, 'i'),
          ),
        },
      });
    },
  );

  it.each(['work', 'rollUp', 'delay'])('tell of a message that is stuck in %s', (name) => {
    expect(alarmOf(`${name}Stuck`)).toMatchObject({
      metricName: 'ApproximateAgeOfOldestMessage',
      threshold: 900,
    });
  });

  it('tell of errors and throttles of every function', () => {
    const watched = resourcesOf(usual, ALARM)
      .filter(({ inputs }) => ['Errors', 'Throttles'].includes(String(inputs.metricName)))
      .map(({ inputs }) => (inputs.dimensions as { FunctionName: string }).FunctionName);
    const functions = resourcesOf(usual, 'aws:lambda/function:Function').map(
      ({ inputs }) => inputs.name,
    );

    expect(watched.toSorted()).toEqual([...functions, ...functions].toSorted());
  });

  it.each([
    { synthesis: usual, periodSeconds: 15 * 60 },
    { synthesis: secluded, periodSeconds: 3 * 60 },
  ])('tell when of three sweeps in a row none succeeded', ({ synthesis, periodSeconds }) => {
    const { inputs } = resourceOf(synthesis, ALARM, 'SweepMissing');

    expect(inputs).toMatchObject({
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      treatMissingData: 'breaching',
      metricQueries: [
        { id: 'invocations', metric: { metricName: 'Invocations', period: periodSeconds } },
        { id: 'errors', metric: { metricName: 'Errors', period: periodSeconds } },
        { expression: 'invocations - FILL(errors, 0)', returnData: true },
      ],
    });
    expect(inputs).not.toHaveProperty('period');
  });

  it.each(['ReconcilesFailed', 'RollUpsFailed'])(
    'tell when work keeps failing, which no error and no old message shows: %s',
    (name) => {
      expect(alarmOf(name)).toMatchObject({
        namespace: 'nodeeni',
        metricName: name,
        dimensions: { cluster: 'blue', service: 'nodeeni' },
        comparisonOperator: 'GreaterThanThreshold',
        threshold: 0,
        evaluationPeriods: 3,
        period: 300,
      });
    },
  );

  it('tell of NodeENIs that have not been ready for a quarter of an hour', () => {
    expect(alarmOf('NodeEnisNotReady')).toMatchObject({
      namespace: 'nodeeni',
      metricName: 'NodeEnisNotReady',
      dimensions: { cluster: 'blue', service: 'nodeeni' },
      statistic: 'Maximum',
      threshold: 0,
    });
  });

  it('go to the topic of the options, when they begin and when they end', () => {
    const topic = ['arn:aws:sns:eu-west-1:123456789012:on-call'];
    const told = resourcesOf(grown, ALARM).map(({ inputs }) => [
      inputs.alarmActions,
      inputs.okActions,
    ]);

    expect(new Set(told.map((actions) => JSON.stringify(actions)))).toEqual(
      new Set([JSON.stringify([topic, topic])]),
    );
  });

  it('watch the public door only where there is one', () => {
    const names = resourcesOf(secluded, ALARM).map(({ name }) => name);

    expect(alarmOf('CallsRefused')).toMatchObject({ metricName: 'CallsRefused' });
    expect(names).not.toContain('CallsRefused');
  });
});

describe('the alarms for launches that wait too long', () => {
  const filterOf = (name: string) =>
    resourceOf(usual, 'aws:cloudwatch/logMetricFilter:LogMetricFilter', name).inputs;

  const actionAfter = (minutes: number, reason = 'Pending'): HookAction => {
    const launchTime = new Date('2026-11-21T10:00:00Z');
    const hook = {
      groupName: 'workers',
      hookName: 'nodeeni',
      transition: 'launching',
      heartbeatTimeoutSeconds: 300,
      notificationMetadata: '',
    } as const;
    const settings = {
      cluster: 'blue',
      completeWhen: 'Attached',
      deadlineSeconds: 900,
      onDeadline: 'ABANDON',
    } as const;
    const unready = { slot: 'a/subnet-1', reason, message: 'It waits.' };
    return planHook(
      { instanceId: 'i-0123456789abcdef0', hook, settings, launchTime },
      { isKnown: true, unattached: [unready], unconfigured: [], isFlagPending: false },
      new Date(launchTime.getTime() + minutes * 60_000),
    );
  };

  it('count what the worker logs when it gives up, and nothing before', () => {
    const { pattern } = filterOf('HooksGivenUpFilter');
    const prefixes = [...String(pattern).matchAll(/why = "([^*]+)\*"/g)].map(
      ([, prefix]) => prefix,
    );
    const isCounted = ({ type, why }: HookAction): boolean =>
      type === 'complete' && prefixes.some((prefix) => prefix && why.startsWith(prefix));

    expect(pattern).toContain('$.type = "complete"');
    expect(isCounted(actionAfter(16))).toBe(true);
    expect(isCounted(actionAfter(1, 'TooManyInterfaces'))).toBe(true);
    expect(isCounted(actionAfter(14))).toBe(false);
  });

  it('count what the worker logs while there is still time to look', () => {
    const { pattern } = filterOf('HooksNearDeadlineFilter');

    expect(pattern).toContain('($.type = "wait") && ($.isLate IS TRUE)');
    expect(actionAfter(9)).toMatchObject({ type: 'wait', isLate: false });
    expect(actionAfter(10)).toMatchObject({ type: 'wait', isLate: true });
  });

  it.each(['HooksNearDeadline', 'HooksGivenUp'])(
    '%s reads the log of the worker, and counts by cluster',
    (name) => {
      expect(filterOf(`${name}Filter`)).toMatchObject({
        logGroupName: '/nodeeni/test/reconcile',
        metricTransformation: { namespace: 'nodeeni', dimensions: { cluster: '$.cluster' } },
      });
      expect(alarmOf(name).dimensions).toEqual({ cluster: 'blue' });
    },
  );
});

const sourcesOf = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));

it('has counters of ours on the dashboard and in alarms that some function counts', () => {
  const sources = ['src/operator', 'src/core/workers', 'functions'].flatMap(sourcesOf).join('\n');
  const counted = new Set(
    [...sources.matchAll(/telemetry\.count\('(\w+)'/g)].map(([, name]) => name),
  );
  const body = jsonOf(
    resourceOf(usual, 'aws:cloudwatch/dashboard:Dashboard', 'Dashboard'),
    'dashboardBody',
  ) as { widgets: { properties: { metrics: string[][] } }[] };
  const shown = body.widgets
    .flatMap(({ properties }) => properties.metrics)
    .filter(([namespace]) => namespace === 'nodeeni')
    .map(([, name]) => name);

  expect(shown.length).toBeGreaterThan(4);
  expect(
    [...shown, 'CallsRefused', 'ReconcilesFailed', 'RollUpsFailed'].filter(
      (name) => !counted.has(name ?? ''),
    ),
  ).toEqual([]);
});

it('shows every queue and every function on the dashboard', () => {
  const { inputs } = resourceOf(usual, 'aws:cloudwatch/dashboard:Dashboard', 'Dashboard');
  const names = [
    ...resourcesOf(usual, 'aws:sqs/queue:Queue'),
    ...resourcesOf(usual, 'aws:lambda/function:Function'),
  ].map(({ inputs: { name } }) => String(name));

  expect(names).toHaveLength(16);
  expect(names.filter((name) => !String(inputs.dashboardBody).includes(`"${name}"`))).toEqual([]);
});
