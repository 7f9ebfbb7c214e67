import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import { COUNTERS, type Counter } from '#core/counters.ts';
import { withoutCredentials } from '#core/without-credentials.ts';
import type { Telemetry } from './telemetry.ts';

/** Namespace of every CloudWatch metric of this product. */
const METRICS_NAMESPACE = 'nodeeni';

const SERVICE = 'nodeeni';

interface TelemetryOptions {
  readonly clusterName: string;
  /** Further wrappers, such as the one `loadTracing` gives. */
  readonly middlewares?: readonly MiddlewareObj[];
}

/** Publishes only when something was counted: Powertools' own middleware warns at every quiet invocation. */
const publishMetrics = (metrics: Metrics): MiddlewareObj => {
  const publish = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return {
    // Without the function's name, which would make a metric of each function: its log lines have both.
    before: () => metrics.captureColdStartMetric(),
    after: publish,
    onError: publish,
  };
};

/**
 * Logs as JSON lines with the request id, counters in CloudWatch's embedded metric format with the
 * cluster as a dimension. A counter that counted nothing is not sent: a custom metric is paid for by the hours in which
 * it is sent ("Amazon CloudWatch Pricing"). The level is that of `POWERTOOLS_LOG_LEVEL` or Lambda's own setting.
 */
export const createPowertoolsTelemetry = ({
  clusterName,
  middlewares = [],
}: TelemetryOptions): Telemetry => {
  const logger = new Logger({
    serviceName: SERVICE,
    persistentKeys: { cluster: clusterName },
    // An error is written with its cause, which is as somebody else's service worded it.
    jsonReplacerFn: (_key, value: unknown) =>
      typeof value === 'string' ? withoutCredentials(value) : value,
  });
  const metrics = new Metrics({
    namespace: METRICS_NAMESPACE,
    serviceName: SERVICE,
    defaultDimensions: { cluster: clusterName },
  });

  return {
    logger: {
      debug: (message, fields = {}) => logger.debug(message, fields),
      info: (message, fields = {}) => logger.info(message, fields),
      warn: (message, fields = {}) => logger.warn(message, fields),
      error: (message, fields = {}) => logger.error(message, fields),
    },

    count(name, value = 1, dimensions) {
      const { isSentWhenZero = false }: Counter = COUNTERS[name];
      if (value === 0 && !isSentWhenZero) return;
      if (dimensions === undefined) {
        metrics.addMetric(name, MetricUnit.Count, value);
        return;
      }
      // A dimension holds for every metric of a line, so this counter gets a line of its own.
      const line = metrics.singleMetric();
      for (const [dimension, text] of Object.entries(dimensions))
        line.addDimension(dimension, text);
      line.addMetric(name, MetricUnit.Count, value);
    },

    middlewares: [
      // An explicit false: an environment variable could otherwise print events, secret path included.
      injectLambdaContext(logger, { logEvent: false, resetKeys: true }),
      publishMetrics(metrics),
      ...middlewares,
    ],
  };
};
