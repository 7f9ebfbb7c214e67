import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createEventBridgeApi } from '#providers/eventbridge/event-bridge-api.ts';
import { createConnectedApi } from '#providers/kubernetes/connected-api.ts';
import type { KubernetesConnection } from '#providers/kubernetes/kubernetes-connection.ts';
import { createSqsApi } from '#providers/sqs/sqs-api.ts';
import { createSqsWorkQueue } from '#providers/sqs/work-queue.ts';
import { CLIENT_SETTINGS, createAwsApis } from './aws-apis.ts';
import { createOperator, type FullOperator } from './create-operator.ts';
import { createHostCommandParts } from './host-command-parts.ts';
import { type ClusterWay, parseLambdaOptions } from './lambda-options.ts';
import { createPowertoolsTelemetry } from './powertools-telemetry.ts';
import type { Environment } from './router-options.ts';
import { systemClock } from './system-clock.ts';

const byIdentity = async (clusterName: string): Promise<KubernetesConnection> => {
  const { EKSClient } = await import('@aws-sdk/client-eks');
  const { STSClient } = await import('@aws-sdk/client-sts');
  const { createEksApi } = await import('#providers/eks/eks-api.ts');
  const { createStsApi } = await import('#providers/sts/sts-api.ts');
  const { createEksConnection } = await import('#providers/eks/eks-connection.ts');
  return createEksConnection({
    eks: createEksApi(new EKSClient(CLIENT_SETTINGS)),
    sts: createStsApi(new STSClient(CLIENT_SETTINGS)),
    clock: systemClock,
    clusterName,
  });
};

const byParameter = async (parameterName: string): Promise<KubernetesConnection> => {
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  const { createSsmApi } = await import('#providers/ssm/ssm-api.ts');
  const { createParameterConnection } = await import('#providers/ssm/parameter-connection.ts');
  const ssm = createSsmApi(new SSMClient(CLIENT_SETTINGS));
  return createParameterConnection({ ssm, clock: systemClock, parameterName });
};

const byKubeConfig = async (): Promise<KubernetesConnection> => {
  const { createKubeConfigConnection } = await import(
    '#providers/kubernetes/kube-config-connection.ts'
  );
  const { loadKubeConfig } = await import('#providers/kubernetes/load-kube-config.ts');
  return createKubeConfigConnection(loadKubeConfig());
};

/** Each way loads its own packages only: a function on EKS does not pay for the reader of kubeconfigs. */
const connectBy = (way: ClusterWay): Promise<KubernetesConnection> => {
  switch (way.type) {
    case 'eks':
      return byIdentity(way.clusterName);
    case 'parameter':
      return byParameter(way.parameterName);
    case 'kubeconfig':
      return byKubeConfig();
    default:
      return way satisfies never;
  }
};

/**
 * Everything for the functions that work, from their environment; the cluster is the one that `EKS_CLUSTER_NAME`, or
 * `KUBECONFIG_PARAMETER`, or `KUBECONFIG` names. Throws an Error that names every unusable variable.
 */
export const createLambdaOperator = async (env: Environment): Promise<FullOperator> => {
  const { clusterName, way, budget, settings, eventBusName, isTraced, runCommand, ...queues } =
    parseLambdaOptions(env);
  // The X-Ray SDK is slow to load, so only those who ask for it pay for it.
  const middlewares = isTraced ? [(await import('./tracing.ts')).createTracing()] : [];
  return createOperator({
    clock: systemClock,
    clusterName,
    budget,
    settings,
    telemetry: createPowertoolsTelemetry({ clusterName, middlewares }),
    apis: { ...createAwsApis(), kubernetes: createConnectedApi(await connectBy(way)) },
    events: {
      eventBridge: createEventBridgeApi(new EventBridgeClient(CLIENT_SETTINGS)),
      busName: eventBusName,
    },
    ...(runCommand && { runCommand: await createHostCommandParts(runCommand) }),
    workQueue: createSqsWorkQueue({
      sqs: createSqsApi(new SQSClient(CLIENT_SETTINGS)),
      clock: systemClock,
      ...queues,
    }),
  });
};
