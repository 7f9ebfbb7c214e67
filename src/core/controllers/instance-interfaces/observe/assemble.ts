import { PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import { isForeignRow, type NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { type NodeEniState, nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Unresolved } from '#core/instance/fault.ts';
import { withAnswer } from '#core/instance/host-command.ts';
import type { Observed, UnadoptedInterface } from '#core/instance/observed.ts';
import { isOfAnotherCluster } from '#core/instance/ownership.ts';
import { once } from '#core/once.ts';
import type {
  Instance,
  InstanceTypeLimits,
  NetworkInterface,
  SecurityGroup,
  Subnet,
} from '#core/ports/cloud.ts';
import type { ClusterNode, NodeEniList } from '#core/ports/cluster.ts';
import type { CommandInvocation } from '#core/ports/commands.ts';
import { readAnswer } from '../host-commands/answer.ts';
import { forgottenSlots, withoutRows } from '../host-commands/restart.ts';
import { concerning, type Known } from './concerned.ts';
import { voidedRows, withRows } from './host-boot.ts';
import { interfacesOf } from './whose.ts';

/** Everything that was read for some instances, before it is taken apart into one observation each. */
export interface Snapshot {
  readonly now: Date;
  readonly cluster: { readonly name: string; readonly uid: string };
  readonly instances: ReadonlyMap<string, Instance>;
  readonly limits: ReadonlyMap<string, InstanceTypeLimits>;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  /** Nodes that claim one instance, where nothing tells which of them is its own. */
  readonly rivals?: ReadonlyMap<string, readonly ClusterNode[]>;
  /** Instances of which it is not known whether they have a Node. */
  readonly unsure?: ReadonlySet<string>;
  readonly predictions: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** What Auto Scaling did not tell, by instance: its labels are then not promised, whatever its group says. */
  readonly scalingTroubles?: ReadonlyMap<string, string>;
  readonly terminating: ReadonlySet<string>;
  readonly nodeEnis: NodeEniList;
  readonly states: ReadonlyMap<string, NodeEniState>;
  readonly ours: readonly NetworkInterface[];
  readonly peers: readonly NetworkInterface[];
  /** Interfaces looked up by id, because a record or a status row names them. */
  readonly named: readonly NetworkInterface[];
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
  /** NodeENIs whose subnets and groups could not be looked up, by name. Absent: none. */
  readonly unresolved?: ReadonlyMap<string, Unresolved>;
  readonly runCommand?: { readonly isUsual: boolean };
  /** How the commands stand that were running when they were last read. */
  readonly invocations?: ReadonlyMap<string, CommandInvocation>;
}

type Named = Pick<Snapshot, 'nodeEnis' | 'states' | 'nodes' | 'ours'>;

/** What one reading of all interfaces says of each instance: a sweep asks that for every instance there is. */
interface ByInstance {
  readonly byId: ReadonlyMap<string, NetworkInterface>;
  readonly ofInstance: ReadonlyMap<string | undefined, readonly NetworkInterface[]>;
}

const indexOf = once(
  (enis: readonly NetworkInterface[]): ByInstance => ({
    byId: new Map(enis.map((eni) => [eni.eniId, eni])),
    ofInstance: Map.groupBy(enis, ({ tags }) => tags[TAGS.instance]),
  }),
);

/** What tells which NodeENIs an instance needs. */
export const knownOf = (
  instanceId: string,
  snapshot: Pick<Snapshot, 'nodes' | 'predictions' | 'states' | 'ours'>,
): Known => ({
  node: snapshot.nodes.get(instanceId),
  predictedLabels: snapshot.predictions.get(instanceId),
  state: snapshot.states.get(instanceId),
  ours: indexOf(snapshot.ours).ofInstance.get(instanceId) ?? [],
});

const invalidIn = once(({ invalid }: NodeEniList) =>
  invalid.filter(({ metadata }) => metadata.deletionTimestamp === undefined),
);

/** Rows that the Go controller may have written, by the instance and by the node that they name. */
const foreignRowsIn = once((nodeEnis: readonly NodeEni[]) => {
  const rows = nodeEnis.flatMap(({ metadata, status }) =>
    (status?.attachments ?? [])
      .filter((row) => isForeignRow(row))
      .map(({ eniID, instanceID, nodeID }) => ({
        named: { nodeEni: metadata.name, eniId: eniID },
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

const recordedIn = (state: NodeEniState | undefined): ReadonlySet<string | undefined> =>
  new Set(Object.values(state?.spec.interfaces ?? {}).map(({ eniId }) => eniId));

/** Which NodeENI names which ENI for this instance. */
const namesFor = (instanceId: string, { nodeEnis, states, nodes }: Omit<Named, 'ours'>) => {
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

/** What is attached to an instance of which nobody has a record: some of it may be ours, with its tags gone. */
const unrecordedOn = (
  instanceId: string,
  { states, instances }: Pick<Snapshot, 'states' | 'instances'>,
): string[] =>
  states.has(instanceId)
    ? []
    : (instances.get(instanceId)?.interfaces ?? [])
        .filter(({ deviceIndex, networkCardIndex }) => deviceIndex + networkCardIndex > 0)
        .map(({ eniId }) => eniId);

/** Ids to look up before the observations can be put together; usually none. */
export const idsToLookUp = (
  instanceIds: readonly string[],
  snapshot: Named & Pick<Snapshot, 'instances'>,
): string[] => {
  const visible = indexOf(snapshot.ours).byId;
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

const isElsewhere = ({ attachment }: NetworkInterface, instanceId: string): boolean =>
  attachment !== undefined && attachment.instanceId !== instanceId;

const unadoptedFor = (instanceId: string, snapshot: Snapshot): UnadoptedInterface[] => {
  const records = Object.values(snapshot.states.get(instanceId)?.spec.interfaces ?? {});
  const foreign = new Set(
    records
      .filter((record) => isOfAnotherCluster(record, snapshot.cluster))
      .map(({ eniId }) => eniId),
  );
  const named = namesFor(instanceId, snapshot).flatMap(({ nodeEni, eniId }) => {
    if (foreign.has(eniId)) return [];
    const eni =
      snapshot.named.find((candidate) => candidate.eniId === eniId) ??
      indexOf(snapshot.ours).byId.get(eniId);
    return eni === undefined ? [] : [{ nodeEni, eni }];
  });
  const nodeName = snapshot.nodes.get(instanceId)?.name;
  const tagged = snapshot.peers
    .filter(
      (eni) =>
        eni.attachment?.instanceId === instanceId ||
        (nodeName !== undefined && eni.tags[PEER_TAGS.node] === nodeName),
    )
    .map((eni) => ({ nodeEni: eni.tags[PEER_TAGS.nodeEni] ?? '', eni }));
  return [...named, ...tagged].filter(({ eni }) => !isElsewhere(eni, instanceId));
};

const doubtsOf = (id: string, { rivals, unsure }: Snapshot): Partial<Observed> => {
  const claimants = rivals?.get(id);
  return {
    ...(claimants && { rivals: claimants }),
    ...(unsure?.has(id) && { isNodeUnsure: true }),
  };
};

const reportedByScaling = (instanceId: string, snapshot: Snapshot) => {
  const predictedLabels = snapshot.predictions.get(instanceId);
  const scalingTrouble = snapshot.scalingTroubles?.get(instanceId);
  return { ...(predictedLabels && { predictedLabels }), ...(scalingTrouble && { scalingTrouble }) };
};

/** Where the ENIs are that a record, a row or a tag says were made for this instance. */
const elsewhereFrom = (
  instanceId: string,
  { named, ours }: Snapshot,
): ReadonlyMap<string, string> =>
  new Map(
    [...named, ...(indexOf(ours).ofInstance.get(instanceId) ?? [])].flatMap(
      ({ eniId, attachment }) =>
        attachment === undefined || attachment.instanceId === instanceId
          ? []
          : [[eniId, attachment.instanceId] as const],
    ),
  );

/** The observation of one instance. */
export const assemble = (instanceId: string, snapshot: Snapshot): Observed => {
  const { uid, name } = snapshot.cluster;
  const isOurs = ({ tags }: NetworkInterface) =>
    tags[TAGS.cluster] === name && tags[TAGS.clusterUid] === uid;
  const instance = snapshot.instances.get(instanceId);
  const limits = instance && snapshot.limits.get(instance.instanceType);
  const node = snapshot.nodes.get(instanceId);
  const stored = snapshot.states.get(instanceId);
  const answer = readAnswer(stored, snapshot.invocations?.get(instanceId), snapshot.now);
  const told = stored && answer ? withAnswer(stored, answer) : stored;
  const forgotten = told ? forgottenSlots(told, { instance, node }) : [];
  const voided = told ? voidedRows(told, instance) : {};
  const state = told && withRows(withoutRows(told, forgotten), voided);
  const mine = interfacesOf({
    ...snapshot,
    instanceId,
    nodeEnis: snapshot.nodeEnis.items,
    listings: [snapshot.named, snapshot.ours],
  });
  const recorded = recordedIn(stored);
  const elsewhere = elsewhereFrom(instanceId, snapshot);
  return {
    now: snapshot.now,
    cluster: snapshot.cluster,
    instanceId,
    ...(instance && { instance }),
    ...(limits && { limits }),
    ...(node && { node }),
    ...doubtsOf(instanceId, snapshot),
    ...reportedByScaling(instanceId, snapshot),
    ...(state && { state }),
    ...(answer && { answer }),
    forgotten,
    ...(Object.keys(voided).length > 0 && { voided }),
    ...(snapshot.runCommand && { runCommand: snapshot.runCommand }),
    isTerminating: snapshot.terminating.has(instanceId),
    nodeEnis: concerning({ ...knownOf(instanceId, snapshot), ours: mine }, snapshot.nodeEnis.items),
    invalidNodeEnis: invalidIn(snapshot.nodeEnis),
    ours: mine,
    unadopted: unadoptedFor(instanceId, snapshot).filter(
      ({ eni }) =>
        !isOurs(eni) ||
        // Another instance's by its tags, and ours by the record: for a person to say.
        (recorded.has(eni.eniId) && !mine.some(({ eniId }) => eniId === eni.eniId)),
    ),
    ...(elsewhere.size > 0 && { elsewhere }),
    deletedSlots: [],
    ...(snapshot.unresolved && { unresolved: snapshot.unresolved }),
    subnets: snapshot.subnets,
    securityGroups: snapshot.securityGroups,
  };
};
