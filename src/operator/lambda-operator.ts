import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createEventBridgeApi } from '#providers/eventbridge/event-bridge-api.ts';
import { createClientNodeApi } from '#providers/kubernetes/client-node-api.ts';
import { loadKubeConfig } from '#providers/kubernetes/load-kube-config.ts';
import { createSqsApi } from '#providers/sqs/sqs-api.ts';
import { createSqsWorkQueue } from '#providers/sqs/work-queue.ts';
import { CLIENT_SETTINGS, createAwsApis } from './aws-apis.ts';
import { createOperator, type FullOperator } from './create-operator.ts';
import { parseLambdaOptions } from './lambda-options.ts';
import { createPowertoolsTelemetry } from './powertools-telemetry.ts';
import type { Environment } from './router-options.ts';
import { systemClock } from './system-clock.ts';

/**
 * Everything for the functions that work, from their environment; the cluster is the one `KUBECONFIG` names. Throws an
 * Error that names every unusable variable.
 */
export const createLambdaOperator = async (env: Environment): Promise<FullOperator> => {
  const { clusterName, budget, eventBusName, isTraced, ...queues } = parseLambdaOptions(env);
  // The X-Ray SDK is slow to load, so only those who ask for it pay for it.
  const middlewares = isTraced ? [(await import('./tracing.ts')).createTracing()] : [];
  return createOperator({
    clock: systemClock,
    clusterName,
    budget,
    telemetry: createPowertoolsTelemetry({ clusterName, middlewares }),
    apis: { ...createAwsApis(), kubernetes: createClientNodeApi(loadKubeConfig()) },
    events: {
      eventBridge: createEventBridgeApi(new EventBridgeClient(CLIENT_SETTINGS)),
      busName: eventBusName,
    },
    workQueue: createSqsWorkQueue({
      sqs: createSqsApi(new SQSClient(CLIENT_SETTINGS)),
      clock: systemClock,
      ...queues,
    }),
  });
};
