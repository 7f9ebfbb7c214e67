import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { foreignRowsOf } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { once } from '#core/once.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import type { Snapshot } from './snapshot.ts';
import { indexInterfaces } from './snapshot.ts';

type Named = Pick<Snapshot, 'nodeEnis' | 'states' | 'nodes' | 'ours'>;

/** Rows that the Go controller may have written, by the instance and by the node that they name. */
const foreignRowsIn = once((nodeEnis: readonly NodeEni[]) => {
  const rows = nodeEnis.flatMap((nodeEni) =>
    foreignRowsOf(nodeEni).map(({ eniID, instanceID, nodeID }) => ({
      named: { nodeEni: nodeEni.metadata.name, eniId: eniID },
      instanceID,
      nodeID,
    })),
  );
  return {
    ofInstance: Map.groupBy(rows, ({ instanceID }) => instanceID),
    ofNode: Map.groupBy(rows, ({ nodeID }) => nodeID),
  };
});

const rowsOf = (
  nodeEnis: readonly NodeEni[],
  instanceId: string,
  node: ClusterNode | undefined,
) => {
  const { ofInstance, ofNode } = foreignRowsIn(nodeEnis);
  const rows = [
    ...(ofInstance.get(instanceId) ?? []),
    ...(node === undefined ? [] : (ofNode.get(node.name) ?? [])),
  ];
  return [...new Set(rows)].map(({ named }) => named);
};

/** Which NodeENI names which ENI for this instance. */
export const namesFor = (instanceId: string, { nodeEnis, states, nodes }: Omit<Named, 'ours'>) => {
  const records = Object.entries(states.get(instanceId)?.spec.interfaces ?? {});
  const recorded = records.map(([slot, { eniId }]) => ({ nodeEni: nodeEniNameOf(slot), eniId }));
  const listed = rowsOf(nodeEnis.items, instanceId, nodes.get(instanceId));
  return [...recorded, ...listed].filter(
    (name): name is { nodeEni: string; eniId: string } => name.eniId !== undefined,
  );
};

/** What somebody attached elsewhere and we gave up is asked for by its id: it has no tags of ours any more. */
const givenUpBy = (state: NodeEniState | undefined): string[] =>
  Object.values(state?.spec.interfaces ?? {}).flatMap(({ givenUp = [] }) =>
    givenUp.map(({ eniId }) => eniId),
  );

/** A record that was lost while nothing is known of the Node is made anew without interfaces. */
const isBare = ({ spec: { nodeName, interfaces = {} } }: NodeEniState): boolean =>
  nodeName === undefined && Object.keys(interfaces).length === 0;

/** What is attached to an instance of which no record speaks: some of it may be ours, with its tags gone. */
const unrecordedOn = (
  instanceId: string,
  { states, instances }: Pick<Snapshot, 'states' | 'instances'>,
): string[] => {
  const state = states.get(instanceId);
  return state !== undefined && !isBare(state)
    ? []
    : (instances.get(instanceId)?.interfaces ?? [])
        .filter(({ deviceIndex, networkCardIndex }) => deviceIndex + networkCardIndex > 0)
        .map(({ eniId }) => eniId);
};

/** Ids to look up before the observations can be put together; usually none. */
export const idsToLookUp = (
  instanceIds: readonly string[],
  snapshot: Named & Pick<Snapshot, 'instances'>,
): string[] => {
  const visible = indexInterfaces(snapshot.ours).byId;
  const ids = instanceIds.flatMap((id) => [
    ...namesFor(id, snapshot).map(({ eniId }) => eniId),
    ...givenUpBy(snapshot.states.get(id)),
    ...unrecordedOn(id, snapshot),
  ]);
  return [...new Set(ids)].filter((eniId) => !visible.has(eniId));
};

/** Instances to which an ENI of ours is attached although its tag names another: their records tell whose it is. */
export const instancesToAsk = (ours: readonly NetworkInterface[]): string[] => [
  ...new Set(
    ours.flatMap(({ tags, attachment }) =>
      attachment === undefined || attachment.instanceId === tags[TAGS.instance]
        ? []
        : [attachment.instanceId],
    ),
  ),
];
