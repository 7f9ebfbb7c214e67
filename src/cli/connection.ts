import { type Command, Option } from 'commander';
import { CallError } from '#core/errors.ts';
import { type AwsApis, checkAwsSettings, createAwsApis } from '#operator/aws-apis.ts';
import { createClientNodeApi } from '#providers/kubernetes/client-node-api.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { loadKubeConfig } from '#providers/kubernetes/load-kube-config.ts';
import { NAMESPACES, NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { Complaint } from './complaint.ts';

/** Which cluster and which account: the options every command but the demo takes. */
export interface ConnectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster: string;
  readonly region?: string;
}

export const addConnectionOptions = (command: Command): Command =>
  command
    .addOption(new Option('--kubeconfig <file>', 'kubeconfig to use (default: as kubectl)'))
    .addOption(new Option('--context <name>', 'context of the kubeconfig (default: the current)'))
    .addOption(
      new Option('--cluster <name>', 'name of the cluster, as its ENIs are tagged')
        .env('CLUSTER_NAME')
        .makeOptionMandatory(),
    )
    .addOption(new Option('--region <name>', 'AWS region').env('AWS_REGION'));

export interface Connection extends AwsApis {
  readonly kubernetes: KubernetesApi;
}

const explain = (error: unknown): Complaint => {
  if (!(error instanceof CallError)) throw error;
  if (error.code === 'Unreachable')
    return new Complaint(
      `The cluster does not answer: ${error.message}. Check the kubeconfig and your network.`,
    );
  if (error.failure === 'Denied')
    return new Complaint(`The cluster refuses you: ${error.message}. Check your credentials.`);
  return new Complaint(error.message);
};

const checkCrds = async (kubernetes: KubernetesApi): Promise<void> => {
  try {
    for (const resource of [NODE_ENIS, NODE_ENI_STATES])
      await kubernetes.list(resource, { limit: 1 });
  } catch (error) {
    if (!(error instanceof CallError) || error.failure !== 'NotFound') throw error;
    throw new Complaint(
      'The cluster does not know NodeENI and NodeENIState. Run "kubectl apply -f crds/" first.',
    );
  }
};

/**
 * Connects to the cluster and to AWS, and makes sure that both can be worked with. Throws a `Complaint` for a missing
 * kubeconfig, region or credential, a cluster that does not answer and CRDs that are not there.
 */
export const connect = async ({
  kubeconfig,
  context,
  region,
}: ConnectionOptions): Promise<Connection> => {
  try {
    const config = loadKubeConfig({
      ...(kubeconfig !== undefined && { file: kubeconfig }),
      ...(context !== undefined && { context }),
    });
    const kubernetes = createClientNodeApi(config);
    await kubernetes.get(NAMESPACES, 'kube-system');
    await checkCrds(kubernetes);
    const settings = region === undefined ? {} : { region };
    await checkAwsSettings(settings);
    return { ...createAwsApis(settings), kubernetes };
  } catch (error) {
    throw error instanceof Complaint ? error : explain(error);
  }
};
