import { type Command, InvalidArgumentError, Option } from 'commander';
import { CallError } from '#core/errors.ts';
import { type AwsApis, createAwsApis } from '#operator/aws-apis.ts';
import { type Caller, readCaller } from '#operator/caller.ts';
import { createClientNodeApi } from '#providers/kubernetes/client-node-api.ts';
import { type ClusterProbe, createClusterProbe } from '#providers/kubernetes/cluster-probe.ts';
import { createKubeConfigConnection } from '#providers/kubernetes/kube-config-connection.ts';
import { eksClusterOf } from '#providers/kubernetes/kube-config-entries.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { loadKubeConfig } from '#providers/kubernetes/load-kube-config.ts';
import { NAMESPACES, NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { awsAgentsFor } from './aws-agents.ts';
import { checkCluster } from './check-cluster.ts';
import { Complaint } from './complaint.ts';

/** Which cluster and which account: the options every command but the demo takes. */
export interface ConnectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly cluster: string;
  readonly region?: string;
}

const parseClusterName = (text: string): string => {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Write the name of the cluster.');
};

export const addConnectionOptions = (command: Command): Command =>
  command
    .addOption(new Option('--kubeconfig <file>', 'kubeconfig to use (default: as kubectl)'))
    .addOption(new Option('--context <name>', 'context of the kubeconfig (default: the current)'))
    .addOption(new Option('--as <user>', 'act on the cluster as this user'))
    .addOption(
      new Option('--as-group <group>', 'and as this group; may be repeated').argParser(
        (group: string, before: readonly string[] = []) => [...before, group],
      ),
    )
    .addOption(
      new Option('--cluster <name>', 'name of the cluster, as its ENIs are tagged')
        .env('CLUSTER_NAME')
        .argParser(parseClusterName)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--region <name>', 'AWS region').env('AWS_REGION'));

export interface Connection extends AwsApis {
  readonly kubernetes: KubernetesApi;
  readonly probe: ClusterProbe;
  /** The name by which the kubeconfig gets its tokens from EKS, if it does. */
  readonly eksName?: string;
}

const explain = (error: unknown): Complaint => {
  if (error instanceof Complaint) return error;
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
      'The cluster does not know NodeENI and NodeENIState. Run "kubectl apply --server-side -f crds/" first.',
    );
  }
};

const connectToCluster = async (
  { kubeconfig, context, as, asGroup }: ConnectionOptions,
  needsCrds: boolean,
) => {
  try {
    const config = loadKubeConfig({
      ...(kubeconfig !== undefined && { file: kubeconfig }),
      ...(context !== undefined && { context }),
      impersonation: { ...(as && { user: as }), ...(asGroup && { groups: asGroup }) },
    });
    const kubernetes = createClientNodeApi(config);
    await kubernetes.get(NAMESPACES, 'kube-system');
    if (needsCrds) await checkCrds(kubernetes);
    const { server = '' } = config.getCurrentCluster() ?? {};
    const eksName = eksClusterOf(config.getCurrentUser() ?? { name: '' });
    const probe = createClusterProbe(createKubeConfigConnection(config));
    return { kubernetes, probe, context: config.getCurrentContext(), server, eksName };
  } catch (error) {
    throw explain(error);
  }
};

/** The region as the AWS CLI finds it; an empty one is none. */
const regionOf = ({ region }: ConnectionOptions): string | undefined =>
  region || process.env.AWS_DEFAULT_REGION || undefined;

/** What the SDK is told besides its own settings. */
export const awsSettingsFor = (options: ConnectionOptions) => {
  const region = regionOf(options);
  const agents = awsAgentsFor(process.env);
  return { ...(region !== undefined && { region }), ...(agents && { agents }) };
};

const complain = (text: string): boolean => process.stderr.write(`${text}\n`);

/** Which cluster and account are meant, before anything is done to them. */
const tellTarget = (
  { cluster, as }: ConnectionOptions,
  { context, server }: { readonly context: string; readonly server: string },
  { region, account = 'unknown (STS does not answer)' }: Caller,
): void => {
  const endpoint = process.env.AWS_ENDPOINT_URL_EC2 ?? process.env.AWS_ENDPOINT_URL;
  complain(`cluster   ${cluster}`);
  complain(`context   ${context}, ${server}${as ? `, as ${as}` : ''}`);
  complain(`AWS       account ${account}, region ${region}${endpoint ? `, ${endpoint}` : ''}`);
};

/**
 * Connects to the cluster and to AWS, makes sure that both can be worked with and that the cluster's name fits, and says
 * on the standard error which they are. Throws a `Complaint` for a missing kubeconfig, region or credential, a cluster
 * that does not answer and CRDs that are not there, and a `Refusal` for a name that does not fit. `mayBeBlind`: what is
 * to be done needs no answer of EC2. `needsCrds`: false for what finds out itself whether they are there.
 */
export const connect = async (
  options: ConnectionOptions,
  {
    mayBeBlind = false,
    needsCrds = true,
  }: { readonly mayBeBlind?: boolean; readonly needsCrds?: boolean } = {},
): Promise<Connection> => {
  const { kubernetes, probe, eksName, ...place } = await connectToCluster(options, needsCrds);
  const settings = awsSettingsFor(options);
  const caller = await readCaller(settings);
  const apis = createAwsApis(settings);
  tellTarget(options, place, caller);
  const named = { clusterName: options.cluster, ...(eksName !== undefined && { eksName }) };
  const aim = { kubernetes, ec2: apis.ec2, caller, ...named };
  const warning = await checkCluster(aim).catch((error: unknown) => {
    if (error instanceof Complaint || !mayBeBlind) throw error;
    return `Whether the name of the cluster fits is not known: ${(error as Error).message}`;
  });
  if (warning !== undefined) complain(warning);
  return { ...apis, kubernetes, probe, ...(eksName !== undefined && { eksName }) };
};
