import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { selects } from '#core/apis/v1alpha1/selector.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { ClusterNode, NodeEniList } from '#core/ports/cluster.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';

/** The installation that is looked at. */
export interface Patient {
  readonly clusterName: string;
  /** Kubernetes group of the functions. */
  readonly group: string;
  readonly now: Date;
  readonly kubernetes: KubernetesApi;
  readonly stores: FullOperator['stores'];
  readonly nodes: readonly ClusterNode[];
  readonly nodeEnis: NodeEniList;
  /** Of the nodes that some NodeENI selects; EC2 does not know those that are missing. */
  readonly instances: ReadonlyMap<string, Instance>;
  /** The agent in one file, as this command brings it; undefined in a checkout that was not built. */
  readonly agentBundle?: string;
  /** True when something answers at the URL, whatever it says. */
  answers(url: string): Promise<boolean>;
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
export const readPatient = async (
  outside: Omit<Patient, 'nodes' | 'nodeEnis' | 'instances'>,
): Promise<Patient> => {
  const { stores } = outside;
  const [nodes, nodeEnis] = await Promise.all([stores.nodes.list(), stores.nodeEnis.list()]);
  const ids = matchedNodes({ nodes, nodeEnis }).flatMap(({ instanceId }) => instanceId ?? []);
  return { ...outside, nodes, nodeEnis, instances: await stores.instances.get(ids) };
};
