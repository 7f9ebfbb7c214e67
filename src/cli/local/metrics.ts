import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { COUNTERS, type CounterName, type Counter as Counting } from '#core/counters.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { OWN_VERSION } from '../version/command.ts';

/** What `nodeeni local` shows of the present, beside what the functions count. */
export const GAUGES = {
  nodeeni_build_info: { help: 'Which version runs: always 1', labels: ['version'] },
  nodeeni_interfaces: {
    help: 'Interfaces of a NodeENI by the reason in its status; `NotListed`: those for which it has no row',
    labels: ['nodeeni', 'reason'],
  },
  nodeeni_ready: {
    help: 'Whether a NodeENI is ready: 1 or 0, with the reason of its condition Ready',
    labels: ['nodeeni', 'reason'],
  },
  nodeeni_messages_pending: { help: 'Messages that will still cause work', labels: [] },
  nodeeni_last_sweep_timestamp_seconds: {
    help: 'When a sweep last succeeded, in seconds since 1970',
    labels: [],
  },
} as const;

export type GaugeName = keyof typeof GAUGES;

type Labels = Readonly<Record<string, string>>;

/** One line of a metric: its labels and its value. */
export type Sample = readonly [Labels, number];

export interface Metrics {
  readonly count: Telemetry['count'];
  /** Shows what is so at the moment somebody asks: one line for each sample. */
  gauge(name: GaugeName, read: () => readonly Sample[]): void;
  /** Counts the calls of an API by action and outcome. */
  counted<Api extends object>(service: string, api: Api): Api;
  readonly contentType: string;
  text(): Promise<string>;
}

/** `ReconcilesFailed` → `nodeeni_reconciles_failed_total`, as Prometheus wants it ("Metric and label naming"). */
export const metricName = (name: CounterName): string =>
  `nodeeni${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`;

/** A counter that is there from the start, with 0 for each value of its label: `rate` misses what begins at 1. */
const counterOf = (name: CounterName, registers: Registry[]): Counter => {
  const { help, dimension }: Counting = COUNTERS[name];
  const counter = new Counter({
    name: metricName(name),
    help,
    registers,
    ...(dimension && { labelNames: [dimension.name] }),
  });
  for (const value of dimension?.values ?? []) counter.inc({ [dimension?.name ?? '']: value }, 0);
  return counter;
};

/** Counters and gauges in the text format of Prometheus. */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const names = Object.keys(COUNTERS) as CounterName[];
  const counters = new Map(names.map((name) => [name, counterOf(name, [registry])]));

  const count: Metrics['count'] = (name, value = 1, dimensions = {}) => {
    counters.get(name)?.inc({ ...dimensions }, value);
  };

  const gauge: Metrics['gauge'] = (name, read) => {
    const { help, labels } = GAUGES[name];
    const shown: Gauge = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        shown.reset();
        for (const [values, value] of read()) shown.set({ ...values }, value);
      },
    });
  };
  gauge('nodeeni_build_info', () => [[{ version: OWN_VERSION }, 1]]);

  const calls = new Counter({
    name: 'nodeeni_aws_calls_total',
    help: 'Calls to AWS',
    labelNames: ['service', 'action', 'outcome'],
    registers: [registry],
  });

  return {
    count,
    gauge,

    counted(service, api) {
      for (const action of Object.keys(api)) calls.inc({ service, action, outcome: 'done' }, 0);
      return new Proxy(api, {
        get(target, action) {
          const call: unknown = Reflect.get(target, action);
          if (typeof call !== 'function') return call;
          return async (...input: unknown[]): Promise<unknown> => {
            const labels = { service, action: String(action) };
            try {
              const answer: unknown = await Reflect.apply(call, target, input);
              calls.inc({ ...labels, outcome: 'done' });
              return answer;
            } catch (error) {
              const outcome = error instanceof Error ? error.name : 'Error';
              calls.inc({ ...labels, outcome });
              throw error;
            }
          };
        },
      });
    },

    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
};
