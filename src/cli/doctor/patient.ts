import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { selects } from '#core/apis/v1alpha1/selector.ts';
import { once } from '#core/once.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { ClusterNode, NodeEniList } from '#core/ports/cluster.ts';
import type { Account } from '#operator/account.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import { createClusterIdentity } from '#providers/kubernetes/cluster-identity.ts';
import type { ClusterProbe } from '#providers/kubernetes/cluster-probe.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { type DaemonSet, readDaemonSets } from './daemon-set.ts';
import type { RelayAnswer } from './relay-answer.ts';

/** The installation that is looked at, before anything of it is read. */
export interface Outside {
  readonly clusterName: string;
  /** Kubernetes group of the functions. */
  readonly group: string;
  readonly now: Date;
  readonly kubernetes: KubernetesApi;
  readonly probe: ClusterProbe;
  /** Of this command. */
  readonly version: string;
  readonly account: Account;
  /** The name by which EKS knows the cluster; absent for another kind of cluster, and where the kubeconfig does not tell. */
  readonly eksName?: string;
  readonly stores: FullOperator['stores'];
  /** The agent in one file, as this command brings it; undefined in a checkout that was not built. */
  readonly agentBundle?: string;
  /** What is at the URL of the webhook; undefined when nothing answers. */
  askRelay(url: string): Promise<RelayAnswer | undefined>;
}

/** What most checks ask about. */
export interface Patient extends Outside {
  /** Of the cluster. */
  readonly uid: string;
  readonly nodes: readonly ClusterNode[];
  readonly nodeEnis: NodeEniList;
  /** Of the nodes that some NodeENI selects; EC2 does not know those that are missing. */
  readonly instances: ReadonlyMap<string, Instance>;
  /** Read when it is first asked for, once. */
  daemonSets(): Promise<readonly DaemonSet[]>;
}

/** The nodes that a NodeENI selects. */
export const matchedBy = (
  { spec }: NodeEni,
  { nodes }: Pick<Patient, 'nodes'>,
): readonly ClusterNode[] => nodes.filter(({ labels }) => selects(spec, labels));

/** The nodes that some NodeENI selects. */
export const matchedNodes = ({
  nodes,
  nodeEnis,
}: Pick<Patient, 'nodes' | 'nodeEnis'>): readonly ClusterNode[] =>
  nodes.filter(({ labels }) => nodeEnis.items.some(({ spec }) => selects(spec, labels)));

/** Reads what most checks ask about. Throws `CallError` when the cluster or EC2 does not answer. */
export const readPatient = async (outside: Outside): Promise<Patient> => {
  const { stores } = outside;
  const [nodes, nodeEnis, uid] = await Promise.all([
    stores.nodes.list(),
    stores.nodeEnis.list(),
    createClusterIdentity(outside.kubernetes).uid(),
  ]);
  const ids = matchedNodes({ nodes, nodeEnis }).flatMap(({ instanceId }) => instanceId ?? []);
  const daemonSetsOf = once(readDaemonSets);
  const daemonSets = () => daemonSetsOf(outside.kubernetes);
  return {
    ...outside,
    uid,
    nodes,
    nodeEnis,
    instances: await stores.instances.get(ids),
    daemonSets,
  };
};
