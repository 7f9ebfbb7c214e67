import { SQSClient } from '@aws-sdk/client-sqs';
import { createSqsApi } from '#providers/sqs/sqs-api.ts';
import { createSqsWorkQueue } from '#providers/sqs/work-queue.ts';
import type { Forwarder, Router } from './operator.ts';
import { createPowertoolsTelemetry } from './powertools-telemetry.ts';
import { type Environment, parseRouterOptions } from './router-options.ts';
import { systemClock } from './system-clock.ts';

/**
 * Everything for the functions that only pass ids on, from their environment. This file imports no
 * client but that of SQS, which keeps those functions small and quick to start. Throws an Error that
 * names every unusable variable.
 */
export const createRouter = (env: Environment): Router & Forwarder => {
  const { clusterName, ...queues } = parseRouterOptions(env);
  const client = new SQSClient({
    maxAttempts: 2,
    // Without `socketTimeout` a queue that does not answer would hold a function until Lambda ends it.
    requestHandler: { connectionTimeout: 1_000, socketTimeout: 3_000 },
  });
  return {
    telemetry: createPowertoolsTelemetry({ clusterName }),
    workQueue: createSqsWorkQueue({ sqs: createSqsApi(client), clock: systemClock, ...queues }),
  };
};
