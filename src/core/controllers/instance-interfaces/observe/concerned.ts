import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { type NodeEniState, nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createSelectorIndex } from '#core/apis/v1alpha1/selector-index.ts';
import { once } from '#core/once.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { isLabelled, type Labelling, selectionOf } from './selection.ts';

/** What is known of an instance before it is planned for. */
export interface Known extends Labelling {
  readonly state: NodeEniState | undefined;
  readonly ours: readonly NetworkInterface[];
}

const indexOf = once((nodeEnis: readonly NodeEni[]) => ({
  find: createSelectorIndex(nodeEnis, ({ spec }) => spec),
  byName: new Map(nodeEnis.map((nodeEni) => [nodeEni.metadata.name, nodeEni])),
  byUid: new Map(nodeEnis.map((nodeEni) => [nodeEni.metadata.uid, nodeEni])),
  position: new Map(nodeEnis.map((nodeEni, position) => [nodeEni, position])),
}));

const namesIn = (state: NodeEniState | undefined): string[] =>
  [state?.spec.interfaces, state?.status?.interfaces, state?.status?.host]
    .flatMap((slots) => Object.keys(slots ?? {}))
    .map(nodeEniNameOf);

/** Those that have something on the instance, whatever its labels are now. */
const presentOn = ({ state, ours }: Known, nodeEnis: readonly NodeEni[]): NodeEni[] => {
  const { byName, byUid } = indexOf(nodeEnis);
  const uids = [
    ...Object.values(state?.spec.interfaces ?? {}).map(({ nodeEniUid }) => nodeEniUid),
    ...ours.map(({ tags }) => tags[TAGS.uid] ?? ''),
  ];
  const names = [...namesIn(state), ...ours.map(({ tags }) => tags[TAGS.name] ?? '')];
  return [
    ...names.flatMap((name) => byName.get(name) ?? []),
    ...uids.flatMap((uid) => byUid.get(uid) ?? []),
  ];
};

/**
 * The NodeENIs that can matter to an instance, in their order: those that its labels may fit, and those that have something on
 * it. While not all labels are known, each of them may.
 */
export const concerning = (known: Known, nodeEnis: readonly NodeEni[]): readonly NodeEni[] => {
  const { node, predictedLabels } = known;
  if (node === undefined || !isLabelled(known)) return nodeEnis;
  const { find, position } = indexOf(nodeEnis);
  const found = new Set([
    ...find(node.labels),
    ...(predictedLabels === undefined ? [] : find(predictedLabels)),
    ...presentOn(known, nodeEnis),
  ]);
  return [...found].toSorted(
    (left, right) => (position.get(left) ?? 0) - (position.get(right) ?? 0),
  );
};

/**
 * The NodeENIs whose subnets and groups the plan of an instance needs: those that select it, and those that have an interface on
 * it. What all others refer to is nobody's to look up.
 */
export const asking = (known: Known, nodeEnis: readonly NodeEni[]): readonly NodeEni[] => {
  const { node, predictedLabels } = known;
  const found = indexOf(nodeEnis).find({ ...predictedLabels, ...node?.labels });
  return [
    ...found.filter(({ spec }) => selectionOf(spec, known) === 'yes'),
    ...presentOn(known, nodeEnis),
  ];
};
