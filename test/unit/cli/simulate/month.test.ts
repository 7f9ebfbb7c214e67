import { describe, expect, it } from 'vitest';
import { type Measured, type MonthOptions, monthOf } from '#cli/simulate/month.ts';
import { dollarsOf } from '#cli/simulate/prices.ts';

const NOTHING: Measured = {
  functions: new Map(),
  queueRequests: { fifo: 0, standard: 0 },
  customEvents: 0,
  logBytes: 0,
  metrics: new Set(),
};

const REST: MonthOptions = {
  standing: { alarmMetrics: 0, dashboards: 0, polledQueues: { fifo: 0, standard: 0 } },
  hourAtRest: NOTHING,
  launch: NOTHING,
  end: NOTHING,
  launchesADay: 0,
};

/** Amounts by item, without those that are zero. */
const amountsOf = (options: Partial<MonthOptions>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    monthOf({ ...REST, ...options })
      .filter(({ amount }) => amount > 0)
      .map(({ item, amount }) => [item, Math.round(amount)]),
  );

describe('A month at rest', () => {
  it('costs its alarms, its dashboard and five pollers of each queue, each with a poll of 20 seconds', () => {
    const standing = { alarmMetrics: 26, dashboards: 1, polledQueues: { fifo: 2, standard: 1 } };

    const lines = monthOf({ ...REST, standing });

    expect(amountsOf({ standing })).toEqual({
      'CloudWatch alarm metrics': 26,
      'CloudWatch dashboards': 1,
      'SQS empty polls, FIFO': 1_314_000,
      'SQS empty polls, standard': 657_000,
    });
    expect(dollarsOf(lines)).toBeCloseTo(2.6 + 3 + 0.657 + 0.2628, 6);
  });

  it('takes 730 times what an hour takes, and each metric and that of cold starts once', () => {
    const hourAtRest = {
      ...NOTHING,
      functions: new Map([['sweep', { invocations: 12, seconds: 3.6 }]]),
      logBytes: 10_000,
      metrics: new Set(['InstancesSwept', 'HintsSent']),
    };

    expect(amountsOf({ hourAtRest })).toEqual({
      'Lambda requests': 8760,
      'Lambda GB-seconds, Arm': 730 * 0.5 * (3.6 + 12 * 0.05),
      'CloudWatch custom metrics': 3,
      'Log bytes taken in': 730 * 10_000 + 8760 * 600,
      'Log bytes kept': 730 * 10_000 + 8760 * 600,
    });
  });
});

describe('A month with launches', () => {
  const launch = {
    ...NOTHING,
    functions: new Map([['reconcile', { invocations: 4, seconds: 3 }]]),
    queueRequests: { fifo: 19, standard: 3 },
    customEvents: 1,
    logBytes: 4000,
    metrics: new Set(['Reconciles', 'HintsSent']),
  };
  const end = {
    ...NOTHING,
    functions: new Map([
      ['reconcile', { invocations: 3, seconds: 1 }],
      ['roll-up', { invocations: 1, seconds: 0 }],
    ]),
    queueRequests: { fifo: 13, standard: 0 },
    customEvents: 1,
    metrics: new Set(['Reconciles']),
  };

  it('takes each launch and as many ends beside the rest, with metrics that both send counted once', () => {
    expect(amountsOf({ launch, end, launchesADay: 24 })).toEqual({
      'Lambda requests': 730 * 8,
      'Lambda GB-seconds, Arm': Math.round(730 * 0.5 * (4 + 8 * 0.05)),
      'SQS requests, FIFO': 730 * 32,
      'SQS requests, standard': 730 * 3,
      'EventBridge custom events': 730 * 2,
      'CloudWatch custom metrics': 3,
      'Log bytes taken in': 730 * 4000 + 730 * 8 * 600,
      'Log bytes kept': 730 * 4000 + 730 * 8 * 600,
    });
  });

  it('takes nothing of a launch where there are none', () => {
    expect(amountsOf({ launch, end })).toEqual({});
  });
});
