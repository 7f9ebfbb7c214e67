import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { coverText, selectorText, selects } from '#core/apis/v1alpha1/selector.ts';
import { createLabelIndex } from '#core/apis/v1alpha1/selector-index.ts';
import { failureOf } from '#core/errors.ts';
import type { ClusterNode, NodeStore } from '#core/ports/cluster.ts';

export type MatchingNodes = (
  nodeEni: NodeEni,
) => Promise<readonly ClusterNode[]> | readonly ClusterNode[];

/** The order in which the API server lists them: a message that names the first ones says the same whoever looked. */
const byName = (left: ClusterNode, right: ClusterNode): number =>
  Number(left.name > right.name) - Number(left.name < right.name);

/** Finds the nodes of each of many NodeENIs in a list that holds those of all. */
export const matchingIn = (
  nodes: readonly ClusterNode[],
): ((nodeEni: NodeEni) => readonly ClusterNode[]) => {
  const candidates = createLabelIndex(nodes);
  return ({ spec }) =>
    candidates(spec)
      .filter(({ labels }) => selects(spec, labels))
      .toSorted(byName);
};

/**
 * Finds the nodes of each NodeENI of a batch by one list, which is read when the first one asks. A Node is large, and NodeENIs of
 * one batch mostly select the same ones: a list for each of them would read those again and again, and hold them all at once.
 * A selector that the API server refuses, which only an object from before a rule against it has, spoils its own list alone.
 */
export const listMatchingNodes = (
  nodes: Pick<NodeStore, 'list'>,
  batch: readonly NodeEni[],
): MatchingNodes => {
  const ownList = ({ spec }: NodeEni) => nodes.list(selectorText(spec));
  let shared: Promise<MatchingNodes> | undefined;
  const listShared = (): Promise<MatchingNodes> =>
    nodes.list(coverText(batch.map(({ spec }) => spec))).then(matchingIn, (error: unknown) => {
      if (failureOf(error) !== 'Invalid') throw error;
      return ownList;
    });
  return async (nodeEni) => {
    if (batch.length <= 1) return ownList(nodeEni);
    shared ??= listShared();
    return (await shared)(nodeEni);
  };
};
