import { FINALIZER, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Attachment, NodeEni, NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Explanation } from '#core/explanation.ts';
import { isAskedAgain } from '#core/instance/setback.ts';
import type { NetworkStanding } from '#core/network-standing.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import { REQUEUE_SECONDS } from '#core/requeue.ts';
import type { RollUpAction } from './actions.ts';
import { expectedEnd } from './forecast.ts';
import { type Explained, fullNodesIn, leftOutOf, NOTHING_EXPLAINED } from './left-out.ts';
import { isUnreported, type Row, rowsOf } from './rows.ts';
import { eventsFor, isStatusChanged, statusOf } from './status.ts';

/** Everything a roll-up is computed from. */
export interface NodeEniObserved {
  readonly now: Date;
  readonly nodeEni: NodeEni;
  /** Rules the stored spec breaks. */
  readonly faults: readonly string[];
  /** False for a spec that fits no schema: nobody knows what it asks for. */
  readonly isReadable: boolean;
  readonly matchingNodes: readonly ClusterNode[];
  readonly states: readonly NodeEniState[];
  readonly unadopted: readonly Attachment[];
  /** Part of EC2's refill that this installation may use, 0 to 1. */
  readonly budgetShare: number;
  /** What is known of instances that are not served; absent when there was no cause to ask. */
  readonly explained?: Explained;
  /** Interfaces with its uid tag; read only when nothing else holds a deletion back. */
  readonly remaining?: readonly NetworkInterface[];
  /** How its NetworkAttachmentDefinitions stand; absent for one that is no network. */
  readonly network?: NetworkStanding;
}

/** When it is asked why somebody has not been reconciled, if that is still so. */
const EXPLAIN_SECONDS = 60;

/** After this long a deletion waits for something a person must do; the sweep keeps looking. */
const FRESH_SECONDS = 900;

const SOON = { type: 'requeue', seconds: 1 } as const;

const instanceIdsOf = (nodes: readonly ClusterNode[]): string[] =>
  nodes.flatMap(({ instanceId }) => instanceId ?? []);

const hint = (instanceIds: readonly string[]): RollUpAction[] => {
  const unique = [...new Set(instanceIds)];
  return unique.length === 0 ? [] : [{ type: 'hint-instances', instanceIds: unique }];
};

/** Nodes whose objects have no room for all that is asked of them: who has no row there is told why. */
const withFullNodes = (
  states: readonly NodeEniState[],
  failures: Explained['failures'],
): ReadonlyMap<string, Explanation> => {
  const full = fullNodesIn(states);
  return full.size === 0 ? failures : new Map([...full, ...failures]);
};

/** Stores a status, and tells of a reason that is new. */
export const tellStatus = (status: NodeEniStatus, nodeEni: NodeEni): RollUpAction[] => [
  { type: 'patch-status', status },
  ...eventsFor(status, nodeEni.status).map(
    (event): RollUpAction => ({ type: 'record-event', event }),
  ),
];

const tell = (observed: NodeEniObserved, told: readonly Row[]): RollUpAction[] => {
  const { nodeEni, unadopted, faults, isReadable, states, budgetShare: share, now } = observed;
  const matchedNodes = observed.matchingNodes.length;
  const { failures, stuckTaints } = observed.explained ?? NOTHING_EXPLAINED;
  const leftOut = leftOutOf(observed.matchingNodes, told, withFullNodes(states, failures), now);
  const rows = told.map((row) => {
    const failure = isUnreported(row) ? failures.get(row.instanceId) : undefined;
    return failure === undefined ? row : { ...row, failure };
  });
  const servedNodes = matchedNodes - leftOut.unserved.length;
  const end = expectedEnd({ rows, states, matchedNodes: servedNodes, share, now });
  const remaining = (observed.remaining ?? []).map(({ eniId }) => eniId);
  const known = { nodeEni, rows, unadopted, faults, isReadable, now };
  const { network } = observed;
  const picture = {
    ...known,
    ...{ matchedNodes, leftOut, remaining, stuckTaints },
    ...(network && { network }),
  };
  const status = statusOf({ ...picture, ...(end && { expectedEnd: end }) });
  if (!isStatusChanged(status, nodeEni.status, now)) return [];
  // A deletion has reconciles of its own.
  const isUnexplained =
    nodeEni.metadata.deletionTimestamp === undefined &&
    (leftOut.unseen.length > 0 || rows.some((row) => isUnreported(row)));
  return [
    ...(isUnexplained ? [{ type: 'requeue', seconds: EXPLAIN_SECONDS } as const] : []),
    ...tellStatus(status, nodeEni),
  ];
};

const planDeletion = (observed: NodeEniObserved, rows: readonly Row[]): RollUpAction[] => {
  const { nodeEni, remaining, unadopted, now } = observed;
  if (!nodeEni.metadata.finalizers?.includes(FINALIZER)) return [];
  const recorded = rows.filter(({ record }) => record !== undefined);
  const holders = [
    ...recorded.map(({ instanceId }) => instanceId),
    ...(remaining ?? []).flatMap(({ tags }) => tags[TAGS.instance] ?? []),
  ];
  const isHeldByNetwork = (observed.network?.remaining ?? 0) > 0;
  const isClean =
    remaining !== undefined &&
    holders.length + remaining.length + unadopted.length === 0 &&
    !isHeldByNetwork;
  if (isClean) return [{ type: 'remove-finalizer' }];

  const age = now.getTime() - Date.parse(nodeEni.metadata.deletionTimestamp ?? '');
  const isFresh = age < FRESH_SECONDS * 1000;
  return [
    ...hint(holders),
    ...tell(observed, rows),
    ...(isFresh && (holders.length > 0 || isHeldByNetwork)
      ? [{ type: 'requeue', seconds: REQUEUE_SECONDS } as const]
      : []),
  ];
};

/** True when only EC2's own word is missing before a deletion may end: the caller reads it and plans again. */
export const needsRemaining = ({ nodeEni, states, unadopted }: NodeEniObserved): boolean =>
  nodeEni.metadata.deletionTimestamp !== undefined &&
  unadopted.length === 0 &&
  rowsOf(nodeEni.metadata.name, states).every(({ record }) => record === undefined);

/** The instances on which something waits that a person has asked to be tried again. */
const askedAgain = (nodeEni: NodeEni, rows: readonly Row[]): readonly string[] =>
  rows
    .filter(({ record }) =>
      Object.values(record?.backOffs ?? {}).some((backOff) => isAskedAgain(backOff, nodeEni)),
    )
    .map(({ instanceId }) => instanceId);

/**
 * Computes what a NodeENI needs: its finalizer, reconciles of the instances it concerns, its status, and the end of its
 * deletion. The finalizer goes only when no record is left that could stand for an ENI and EC2 shows none.
 */
export const planRollUp = (observed: NodeEniObserved): RollUpAction[] => {
  const { nodeEni, matchingNodes, states } = observed;
  const { metadata, status } = nodeEni;
  const rows = rowsOf(metadata.name, states, metadata.generation);
  if (metadata.deletionTimestamp !== undefined) return planDeletion(observed, rows);

  const isEdited = status?.observedGeneration !== metadata.generation;
  // Once for each edit: a node that comes, goes or changes its labels is told of by itself, and the sweep finds what is lost.
  const concerned = isEdited
    ? [...instanceIdsOf(matchingNodes), ...rows.map(({ instanceId }) => instanceId)]
    : askedAgain(nodeEni, rows);
  const hasFinalizer = metadata.finalizers?.includes(FINALIZER) ?? false;
  return [
    ...(hasFinalizer ? [] : [{ type: 'add-finalizer' } as const]),
    // What pods ask for the network by is made once a deletion would wait for it.
    ...(hasFinalizer || nodeEni.spec.podNetwork === undefined ? [] : [SOON]),
    ...hint(concerned),
    ...tell(observed, rows),
  ];
};
