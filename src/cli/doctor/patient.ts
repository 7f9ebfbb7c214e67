import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { selects } from '#core/apis/v1alpha1/selector.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { ClusterNode, NodeEniList } from '#core/ports/cluster.ts';
import type { Account } from '#operator/account.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';

/** The installation that is looked at, before anything of it is read. */
export interface Outside {
  readonly clusterName: string;
  /** Kubernetes group of the functions. */
  readonly group: string;
  readonly now: Date;
  readonly kubernetes: KubernetesApi;
  readonly account: Account;
  /** The name by which EKS knows the cluster; absent for another kind of cluster, and where the kubeconfig does not tell. */
  readonly eksName?: string;
  readonly stores: FullOperator['stores'];
  /** The agent in one file, as this command brings it; undefined in a checkout that was not built. */
  readonly agentBundle?: string;
  /** True when something answers at the URL, whatever it says. */
  answers(url: string): Promise<boolean>;
}

/** What most checks ask about. */
export interface Patient extends Outside {
  readonly nodes: readonly ClusterNode[];
  readonly nodeEnis: NodeEniList;
  /** Of the nodes that some NodeENI selects; EC2 does not know those that are missing. */
  readonly instances: ReadonlyMap<string, Instance>;
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
  const [nodes, nodeEnis] = await Promise.all([stores.nodes.list(), stores.nodeEnis.list()]);
  const ids = matchedNodes({ nodes, nodeEnis }).flatMap(({ instanceId }) => instanceId ?? []);
  return { ...outside, nodes, nodeEnis, instances: await stores.instances.get(ids) };
};
