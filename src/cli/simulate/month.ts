import { costOf, invocationsOf, type Spent } from './cost.ts';
import { type CostLine, lineOf, PRICES } from './prices.ts';

/** What the functions used, and what they wrote meanwhile. */
export interface Measured extends Spent {
  readonly logBytes: number;
  /** Custom metrics, each by its name and dimensions. */
  readonly metrics: ReadonlySet<string>;
}

/** What is there the whole month, used or not. */
export interface Standing {
  /** Metrics that alarms look at: one that computes with two is paid for as two ("Amazon CloudWatch Pricing"). */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  /** Queues that Lambda polls. */
  readonly polledQueues: { readonly fifo: number; readonly standard: number };
}

export interface MonthOptions {
  readonly standing: Standing;
  readonly hourAtRest: Measured;
  /** One instance that starts, with all that follows. */
  readonly launch: Measured;
  /** The end of one instance. */
  readonly end: Measured;
  /** As many end. */
  readonly launchesADay: number;
}

/** Hours of a month, as AWS's own examples count them. */
const HOURS = 730;

/**
 * Pollers of an idle queue. A standard queue has five, or fewer where traffic is low and no maximum concurrency is set
 * ("Configuring scaling behavior for SQS event source mappings", AWS Lambda Developer Guide). For FIFO queues no number is
 * published: as many are assumed.
 */
const POLLERS = 5;

/** The longest that a receive waits for messages ("Amazon SQS short and long polling"). */
const LONG_POLL_SECONDS = 20;

/** Lambda's own two lines for an invocation, its start and its report, as JSON. An assumption. */
const PLATFORM_LOG_BYTES = 600;

const POLLS = (HOURS * 3600 * POLLERS) / LONG_POLL_SECONDS;

const times = (spent: Measured, factor: number): Measured => ({
  ...spent,
  functions: new Map(
    [...spent.functions].map(([name, { invocations, seconds }]) => [
      name,
      { invocations: invocations * factor, seconds: seconds * factor },
    ]),
  ),
  queueRequests: {
    fifo: spent.queueRequests.fifo * factor,
    standard: spent.queueRequests.standard * factor,
  },
  customEvents: spent.customEvents * factor,
  logBytes: spent.logBytes * factor,
});

const plus = (left: Measured, right: Measured): Measured => ({
  functions: new Map(
    [...left.functions.keys(), ...right.functions.keys()].map((name) => {
      const both = [left, right].map(({ functions }) => functions.get(name));
      return [
        name,
        {
          invocations: both.reduce((sum, usage) => sum + (usage?.invocations ?? 0), 0),
          seconds: both.reduce((sum, usage) => sum + (usage?.seconds ?? 0), 0),
        },
      ];
    }),
  ),
  queueRequests: {
    fifo: left.queueRequests.fifo + right.queueRequests.fifo,
    standard: left.queueRequests.standard + right.queueRequests.standard,
  },
  customEvents: left.customEvents + right.customEvents,
  logBytes: left.logBytes + right.logBytes,
  metrics: new Set([...left.metrics, ...right.metrics]),
});

/** Where functions run, one is taken to start cold in every hour, which is a metric of its own. */
const metricsOf = ({ metrics, functions }: Measured): number =>
  metrics.size + (functions.size > 0 ? 1 : 0);

/**
 * What a month costs beside EC2, an estimate. A metric is paid by the hour in which it is sent, so one that is sent at all is
 * taken to be sent each hour. Polls that bring something are counted twice, as a poll and as a request.
 */
export const monthOf = ({
  standing: { alarmMetrics, dashboards, polledQueues },
  hourAtRest,
  launch,
  end,
  launchesADay,
}: MonthOptions): readonly CostLine[] => {
  const launches = (launchesADay * HOURS) / 24;
  const atRest = times(hourAtRest, HOURS);
  const month = launches === 0 ? atRest : plus(atRest, times(plus(launch, end), launches));
  const logBytes = month.logBytes + invocationsOf(month) * PLATFORM_LOG_BYTES;
  return [
    ...costOf(month),
    lineOf({ ...PRICES.fifo, item: 'SQS empty polls, FIFO' }, polledQueues.fifo * POLLS),
    lineOf(
      { ...PRICES.standard, item: 'SQS empty polls, standard' },
      polledQueues.standard * POLLS,
    ),
    lineOf(PRICES.alarm, alarmMetrics),
    lineOf(PRICES.dashboard, dashboards),
    lineOf(PRICES.metric, metricsOf(month)),
    lineOf(PRICES.logged, logBytes),
    lineOf(PRICES.stored, logBytes),
  ];
};
