import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Synthesis } from '#test/support/infra/synthesis.ts';
import { synthesise } from '#test/support/infra/synthesise.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import type { KubeUser } from '#test/support/servers/kubeconfig.ts';
import type { Ministack } from '#test/support/servers/ministack.ts';
import {
  createFunctions,
  createFunctionUrl,
  createRecursionConfigs,
  type Variables,
} from './functions.ts';
import { applyObjects, selfContainedKubeconfig } from './kubernetes-objects.ts';
import { createLambdaRest, type LambdaRest } from './lambda-rest.ts';
import { clientConfig, inRegion } from './place.ts';
import { openQueueDoor, type QueueDoor } from './queue-door.ts';
import { createQueues } from './queues.ts';
import { openRelayDoor, type RelayDoor } from './relay-door.ts';
import { createInvokeConfigs, createMappings, createRules } from './triggers.ts';

const KUBECONFIG_PARAMETER = '/nodeeni/kubeconfig';

export type DeployOptions = {
  readonly synthesis: Synthesis;
  readonly ministack: Ministack;
  readonly kube: KubeApiserver;
  /** As whom the functions come to the API server. */
  readonly user: KubeUser;
  /** Where EC2 and Auto Scaling answer. */
  readonly awsUrl: string;
};

/** One installation, and the doors that its calls go through. */
export type Deployment = {
  readonly synthesis: Synthesis;
  readonly lambda: LambdaRest;
  readonly sqs: SQSClient;
  readonly eventBridge: EventBridgeClient;
  readonly relayDoor: RelayDoor;
  readonly queueDoor: QueueDoor;
  readonly stop: () => Promise<void>;
};

/**
 * The synthesised environment with addresses of this machine: the queues', and those the SDK looks for by itself. Without
 * a general endpoint the emulator leaves the function's `https` alone; otherwise it would take TLS off each call to
 * 127.0.0.1, and the API server is there.
 */
const withEndpoints =
  (endpoints: { readonly ministack: string; readonly queues: string; readonly aws: string }) =>
  (synthesised: Variables): Variables => ({
    ...Object.fromEntries(
      Object.entries(synthesised).map(([name, value]) => [
        name,
        value.replace(/^https:\/\/sqs\.[\w-]+\.amazonaws\.com/, endpoints.queues),
      ]),
    ),
    AWS_ENDPOINT_URL: '',
    AWS_ENDPOINT_URL_SSM: endpoints.ministack,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.ministack,
    AWS_ENDPOINT_URL_SQS: endpoints.queues,
    AWS_ENDPOINT_URL_EC2: endpoints.aws,
    AWS_ENDPOINT_URL_AUTO_SCALING: endpoints.aws,
  });

/**
 * What a deploy to a cluster of this name would create, in the region of the emulators, with interfaces in these VPCs. Its
 * functions find the cluster by a kubeconfig in a parameter.
 */
export const synthesiseFor = async (
  clusterName: string,
  vpcIds: readonly string[],
): Promise<Synthesis> => {
  const synthesis = await synthesise({
    clusterName,
    vpcIds,
    access: { type: 'parameter', parameterName: KUBECONFIG_PARAMETER },
  });
  if (synthesis.errors.length > 0) throw new Error(synthesis.errors.join('\n'));
  return inRegion(synthesis);
};

/**
 * Creates what a deploy would create, in the emulator and in the cluster; roles, alarms, log groups and the dashboard are
 * left out, since the emulator gives them no effect. The functions are the bundles in `dist`.
 */
export const deploy = async (options: DeployOptions): Promise<Deployment> => {
  const { synthesis, ministack, kube, user, awsUrl } = options;
  const config = clientConfig(ministack.url);
  const sqs = new SQSClient(config);
  const eventBridge = new EventBridgeClient(config);
  const lambda = createLambdaRest(ministack.url);
  await new SSMClient(config).send(
    new PutParameterCommand({
      Name: KUBECONFIG_PARAMETER,
      Type: 'SecureString',
      Value: selfContainedKubeconfig(kube, user),
    }),
  );

  const queueDoor = await openQueueDoor(ministack.url);
  await createQueues(sqs, synthesis);
  const endpoints = { ministack: ministack.url, queues: queueDoor.url, aws: awsUrl };
  await createFunctions(lambda, synthesis, withEndpoints(endpoints));
  await createInvokeConfigs(lambda, synthesis);
  await createRecursionConfigs(lambda, synthesis);
  await createMappings(lambda, synthesis);
  await createRules(eventBridge, synthesis);

  const host = await createFunctionUrl(lambda, synthesis);
  const relayDoor = await openRelayDoor({ target: ministack.url, host, kube });
  await applyObjects(kube, synthesis, relayDoor);
  const stop = async (): Promise<void> => {
    await relayDoor.stop();
    await queueDoor.stop();
  };
  return { synthesis, lambda, sqs, eventBridge, relayDoor, queueDoor, stop };
};
