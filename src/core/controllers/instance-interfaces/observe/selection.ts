import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { type Selection, selects, selectsByPart } from '#core/apis/v1alpha1/selector.ts';
import type { Observed } from '#core/instance/observed.ts';

/** What tells the labels of an instance. */
export interface Labelling {
  readonly node?: Observed['node'] | undefined;
  readonly predictedLabels?: Observed['predictedLabels'] | undefined;
}

/** Taints of a Node that gets labels before it loses them: until then an absent label means nothing. */
const LABELS_TO_COME = new Set([
  // Zone, region and instance type come from the cloud ("Cloud Controller Manager Administration", kubernetes.io).
  'node.cloudprovider.kubernetes.io/uninitialized',
  // Those of its NodePool and NodeClaim come from Karpenter ("NodePools", Karpenter documentation).
  'karpenter.sh/unregistered',
]);

/** True when the labels of the Node are all that it registers with, so that an absent one is absent. */
export const isLabelled = ({ node }: Labelling): boolean =>
  node !== undefined && !node.taints.some(({ key }) => LABELS_TO_COME.has(key));

/**
 * Whether these selectors select the instance, as far as anybody knows. Until the Node carries all its labels, what it carries and
 * what its group and hook promise is a part of them, and only a part. A promised value is taken at its word both ways: it selects,
 * and it rules out every other value of its key.
 */
export const selectionOf = (
  spec: Pick<NodeEniSpec, 'nodeSelector' | 'selector'>,
  observed: Labelling,
): Selection => {
  const { node, predictedLabels } = observed;
  if (node !== undefined && isLabelled(observed)) return selects(spec, node.labels) ? 'yes' : 'no';
  return selectsByPart(spec, { ...predictedLabels, ...node?.labels });
};

/** NodeENIs that cannot be read and may mean this instance: nobody knows what is missing. */
export const unreadableFor = (observed: Observed): readonly string[] =>
  observed.invalidNodeEnis
    .filter(({ selecting }) => !selecting || selectionOf(selecting, observed) !== 'no')
    .map(({ name }) => name);
