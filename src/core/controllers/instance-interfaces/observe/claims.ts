import { isOfCluster } from '#core/apis/v1alpha1/names.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';

/**
 * Whether any tag names the cluster as the instance's, those of EKS too ("Tag your Amazon EC2 resources", Amazon EKS User
 * Guide): enough to look for its Node, and not enough to build anything on it.
 */
export const namesCluster = (instance: Pick<Instance, 'tags'>, clusterName: string): boolean =>
  isOfCluster(instance, clusterName) ||
  instance.tags['eks:cluster-name'] === clusterName ||
  instance.tags['aws:eks:cluster-name'] === clusterName;

/**
 * Names that the Node of an instance may carry, the surest first: the one under which it was known, and no other, since whoever
 * may write Nodes may choose a likelier one; or else the private DNS name; and the instance's id, as kOps names nodes
 * ("Instance IDs as node names").
 */
export const likelyNames = (
  { privateDnsName, instanceId }: Pick<Instance, 'privateDnsName' | 'instanceId'>,
  recorded: string | undefined,
): string[] => {
  const names = recorded === undefined ? [privateDnsName, instanceId] : [recorded];
  return [...new Set(names.filter((name): name is string => !!name))];
};

/** Who of those that name an instance in their providerID is its Node. Several of whom none is likelier are rivals. */
export const judgeClaims = (
  claimants: readonly ClusterNode[],
  names: readonly string[],
): { readonly node?: ClusterNode; readonly rivals?: readonly ClusterNode[] } => {
  const likely = names.flatMap((name) => claimants.find((node) => node.name === name) ?? []);
  const [node = claimants[0], rival] = likely.length > 0 ? [likely[0]] : claimants;
  if (node === undefined) return {};
  return rival === undefined ? { node } : { rivals: claimants };
};
