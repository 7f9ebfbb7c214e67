import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Telemetry } from '#operator/telemetry.ts';

export interface Metrics {
  readonly count: Telemetry['count'];
  /** Shows what is so at the moment somebody asks. */
  gauge(name: string, help: string, read: () => number): void;
  /** Counts the calls of an API by action and outcome. */
  counted<Api extends object>(service: string, api: Api): Api;
  readonly contentType: string;
  text(): Promise<string>;
}

/** `ReconcilesFailed` → `nodeeni_reconciles_failed_total`, as Prometheus wants it ("Metric and label naming"). */
const metricName = (name: string): string =>
  `nodeeni${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`;

/** Counters and gauges in the text format of Prometheus. */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = new Map<string, Counter>();

  const count: Metrics['count'] = (name, value = 1, dimensions = {}) => {
    const known = counters.get(name);
    const counter =
      known ??
      new Counter({
        name: metricName(name),
        help: name.replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
        labelNames: Object.keys(dimensions),
        registers: [registry],
      });
    counters.set(name, counter);
    counter.inc({ ...dimensions }, value);
  };

  const calls = new Counter({
    name: 'nodeeni_aws_calls_total',
    help: 'Calls to AWS',
    labelNames: ['service', 'action', 'outcome'],
    registers: [registry],
  });

  return {
    count,

    gauge(name, help, read) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers: [registry],
        collect: () => gauge.set(read()),
      });
    },

    counted: (service, api) =>
      new Proxy(api, {
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
      }),

    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
};
