import { gigabyteSecondsOf, invocationsOf } from '#cli/simulate/cost.ts';
import { type Measured, monthOf, type Standing } from '#cli/simulate/month.ts';
import { type CostLine, dollarsOf, PRICED_ON } from '#cli/simulate/prices.ts';
import { INSTALLATIONS } from '#test/support/infra/installations.ts';
import { type Resource, resourcesOf, type Synthesis } from '#test/support/infra/synthesis.ts';
import { synthesise } from '#test/support/infra/synthesise.ts';
import { type FleetUse, measureFleet } from './fleet-use.ts';
import { markdownTable } from './markdown-table.ts';

const SIZES = [10, 100, 1000];
const LAUNCHES_A_DAY = 1000;

const isPolled = ({ inputs }: Resource): boolean => 'redrivePolicy' in inputs;

/** One, or as many as the alarm computes with. */
const metricsOf = ({ inputs }: Resource): number => {
  const queries = (inputs.metricQueries ?? []) as readonly { readonly metric?: unknown }[];
  return Math.max(1, queries.filter(({ metric }) => metric !== undefined).length);
};

/** What a deploy with the usual options makes. Only queues that a function works off have a redrive policy. */
const standingOf = (synthesis: Synthesis): Standing => {
  const polled = resourcesOf(synthesis, 'aws:sqs/queue:Queue').filter(isPolled);
  const alarms = resourcesOf(synthesis, 'aws:cloudwatch/metricAlarm:MetricAlarm');
  const fifo = polled.filter(({ inputs }) => inputs.fifoQueue === true).length;
  return {
    alarmMetrics: alarms.reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    dashboards: resourcesOf(synthesis, 'aws:cloudwatch/dashboard:Dashboard').length,
    polledQueues: { fifo, standard: polled.length - fifo },
  };
};

interface Fleet extends FleetUse {
  readonly nodes: number;
}

const measuredTable = (fleets: readonly Fleet[]): string => {
  const row = (nodes: number, what: string, measured: Measured): string[] => [
    String(nodes),
    what,
    String(invocationsOf(measured)),
    gigabyteSecondsOf(measured).toFixed(2),
    String(measured.queueRequests.fifo),
    String(measured.queueRequests.standard),
    String(measured.customEvents),
    String(measured.logBytes),
    String(measured.metrics.size),
  ];
  return markdownTable(
    ['nodes', 'measured', 'invocations', 'GB-s', 'FIFO', 'standard', 'events', 'log B', 'metrics'],
    fleets.flatMap(({ nodes, hourAtRest, launch, end }) => [
      row(nodes, 'an hour at rest', hourAtRest),
      row(nodes, 'a launch', launch),
      row(nodes, 'an end', end),
    ]),
  );
};

const dollars = (cost: number): string => (cost > 0 && cost < 0.01 ? '< 0.01' : cost.toFixed(2));

interface Month {
  readonly name: string;
  readonly lines: readonly CostLine[];
}

const monthTable = (months: readonly Month[]): string => {
  const items = months[0]?.lines ?? [];
  const rows = items.map(({ item, dollars: price, per }, index) => [
    item,
    per === 1 ? `${price}` : `${price} / ${per.toLocaleString('en-US')}`,
    ...months.map(({ lines }) => dollars(lines[index]?.cost ?? 0)),
  ]);
  const sums = months.map(({ lines }) => `**${dollars(dollarsOf(lines))}**`);
  return markdownTable(
    ['a month, $', 'price, $', ...months.map(({ name }) => name)],
    [...rows, ['**sum**', '', ...sums]],
  );
};

/** What a month costs, from what the functions do on the simulator and what a deploy makes. Out: true, nothing is judged. */
export const benchCost = async (): Promise<boolean> => {
  const standing = standingOf(await synthesise(INSTALLATIONS.usual));
  const fleets: Fleet[] = [];
  for (const nodes of SIZES) fleets.push({ nodes, ...(await measureFleet(nodes)) });
  const months = [0, LAUNCHES_A_DAY].flatMap((launchesADay) =>
    fleets.map(({ nodes, ...use }) => ({
      name: `${nodes}, ${launchesADay === 0 ? 'idle' : `${launchesADay} launches a day`}`,
      lines: monthOf({ standing, launchesADay, ...use }),
    })),
  );
  const { alarmMetrics, polledQueues } = standing;
  process.stdout.write(
    `\nCost of a month in us-east-1, prices of ${PRICED_ON}, no free tier; ${alarmMetrics} metrics of alarms, ${polledQueues.fifo} FIFO queues and ${polledQueues.standard} standard one polled\n\n${measuredTable(fleets)}\n\n${monthTable(months)}\n`,
  );
  return true;
};
