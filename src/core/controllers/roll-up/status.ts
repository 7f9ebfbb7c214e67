import type { Condition, NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import { sameJson } from '#core/json.ts';
import { NETWORK_CONDITION } from '#core/network-standing.ts';
import type { NodeEniEvent } from '#core/ports/cluster.ts';
import { clipped, firstWithin } from '#core/stored-bytes.ts';
import { isOnlyForecast, untilAbout } from './forecast.ts';
import { servedNodes } from './left-out.ts';
import { conditionBefore, type Picture } from './picture.ts';
import { networkVerdict } from './pod-network.ts';
import { readiness } from './readiness.ts';
import { attachmentOf, isDesired, type Row, unreadyReason } from './rows.ts';
import { fromTrouble, troubles, type Verdict } from './troubles.ts';

/** Rows kept in `status.attachments`; the rest is counted. Keeps the object far below the API server's limit. */
const MOST_ROWS = 500;
/** A spec as large as may be, and what kubectl notes of it, leave this much of 1 MB. */
const MOST_ROW_BYTES = 320 * 1024;
const MOST_MESSAGE_CHARACTERS = 4_096;

/** Reasons that mean a name or id in the spec is wrong. */
const REFERENCE_REASONS = new Set([
  'SubnetNotFound',
  'SubnetAmbiguous',
  'SecurityGroupNotFound',
  'SecurityGroupAmbiguous',
  'InvalidSecurityGroups',
  'TooManySecurityGroups',
  'NoIPv4InSubnet',
  'NoIPv6InSubnet',
  'PrefixesNeedNitro',
]);

/** Reasons that mean there is no room. */
const CAPACITY_REASONS = new Set([
  'InstanceLimitReached',
  'NetworkCardNotFound',
  'SubnetFull',
  'SubnetFragmented',
  'TooManyAddresses',
  'RegionLimitReached',
  'CapacityExceeded',
  'DeviceIndexInUse',
  'RecordsFull',
  'DeviceIndexOutOfRange',
]);

/** Undefined while nobody can tell: rows of an earlier generation, or none at all, say nothing of this one. */
const aspect = (
  { rows, matchedNodes }: Picture,
  reasons: ReadonlySet<string>,
  fine: string,
): Verdict | undefined => {
  const trouble = troubles(rows).filter(({ reason }) => reasons.has(reason));
  const isUnreported =
    rows.some(({ isBehind }) => isBehind) || (rows.length === 0 && matchedNodes > 0);
  const well = isUnreported ? undefined : { isTrue: true, reason: fine, message: '' };
  return fromTrouble(trouble) ?? well;
};

const throttling = ({ rows, expectedEnd }: Picture): Verdict => {
  const throttled = troubles(rows).filter(({ reason }) => reason === 'Throttled');
  return throttled[0] === undefined
    ? { isTrue: false, reason: 'WithinBudget', message: '' }
    : {
        isTrue: true,
        reason: 'Throttled',
        message: `${throttled.length} interfaces wait for EC2's request budget${expectedEnd === undefined ? '' : `, ${untilAbout(expectedEnd)}`}.`,
      };
};

const validity = ({ faults }: Picture): Verdict =>
  faults.length === 0
    ? { isTrue: true, reason: 'Valid', message: '' }
    : { isTrue: false, reason: 'InvalidSpec', message: faults.join('; ') };

/** A condition of this generation; its time is that of the last change of its status. */
export const condition = (
  type: string,
  verdict: Verdict,
  { nodeEni, now }: Pick<Picture, 'nodeEni' | 'now'>,
): Condition => {
  const status = verdict.isTrue ? 'True' : 'False';
  const before = conditionBefore(nodeEni, type);
  return {
    type,
    status,
    reason: verdict.reason,
    message: clipped(verdict.message, MOST_MESSAGE_CHARACTERS),
    observedGeneration: nodeEni.metadata.generation ?? 0,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : now.toISOString(),
  };
};

/** Reasons of `Ready` that time ends. All others need a person, or something outside to change. */
const PASSING_REASONS = new Set([
  ...['InProgress', 'Deleting', 'Throttled', 'WaitingForHost', 'HostRestarted', 'InUse'],
  ...[
    'Creating',
    'Attaching',
    'Detaching',
    'Updating',
    'Moving',
    'NotVisibleYet',
    'ReleasingEarlier',
  ],
  ...['InstancePending', 'InstanceBusy', 'InstanceEnding', 'NotAcceptedYet'],
  // On the host.
  ...['Pending', 'DeviceNotSeen', 'WaitingForUdev', 'Advertising', 'WaitingForDevicePlugin'],
  ...['StillAdvertised', 'NotConverged'],
  ...['Error', 'Conflict', 'NotReady', 'NotFound', 'AlreadyDone'],
]);

/**
 * What tools that know no kind of ours read ("kstatus", sigs.k8s.io/cli-utils): `Reconciling` while time will do it, `Stalled`
 * while it will not. Each is there only while it is true.
 */
const standing = (ready: Verdict, picture: Picture): readonly Condition[] => {
  // Neither time nor a person has to do anything where a group of nodes is scaled to zero.
  if (ready.isTrue || ready.reason === 'NoMatchingNodes') return [];
  const type = PASSING_REASONS.has(ready.reason) ? 'Reconciling' : 'Stalled';
  // The message of Ready tells when the end is expected, which moves: it is not told twice.
  const verdict = { isTrue: true, reason: ready.reason, message: 'See the condition Ready.' };
  return [condition(type, verdict, picture)];
};

/** What nobody can tell yet stays as it was reported, with the generation it was told of ("Condition", metav1). */
const lastKnown = (type: string, verdict: Verdict | undefined, picture: Picture): Condition => {
  if (verdict !== undefined) return condition(type, verdict, picture);
  const before = conditionBefore(picture.nodeEni, type);
  if (before !== undefined) return before;
  const unreported = {
    isTrue: false,
    reason: 'InProgress',
    message: 'No node has been reconciled yet.',
  };
  return { ...condition(type, unreported, picture), status: 'Unknown' };
};

/** Only of a NodeENI that is a network, or whose network is not all gone. */
const networkConditions = (picture: Picture): readonly Condition[] => {
  const verdict = networkVerdict(picture);
  return verdict === undefined ? [] : [condition(NETWORK_CONDITION, verdict, picture)];
};

/** The device indexes that interfaces have, each once: `2,3`. */
const indexesOf = (rows: readonly Row[]): string => {
  const all = rows.flatMap(({ status, record }) =>
    status?.phase === 'Attached' ? (record?.deviceIndex ?? []) : [],
  );
  return [...new Set(all)].toSorted((left, right) => left - right).join(',');
};

/** The whole status of a NodeENI, computed from scratch; nothing in it depends on when it is computed, but times. */
export const statusOf = (picture: Picture): NodeEniStatus => {
  const { nodeEni, rows, unadopted, matchedNodes, now } = picture;
  const previous = nodeEni.status?.attachments ?? [];
  const listed = rows.filter(({ status }) => status?.phase !== 'Skipped');
  const kept = listed.slice(0, MOST_ROWS);
  const all = [...kept.map((row) => attachmentOf(row, previous, now)), ...unadopted];
  const attachments = firstWithin(all.slice(0, MOST_ROWS), MOST_ROW_BYTES);
  const desired = rows.filter(isDesired);
  const ready = desired.filter((row) => unreadyReason(row) === undefined);
  const verdict = readiness(picture);
  return {
    attachments: [...attachments],
    attachmentsOmitted: listed.length + unadopted.length - attachments.length,
    matchedNodes,
    desiredInterfaces: desired.length,
    readyInterfaces: ready.length,
    summary: `${ready.length}/${desired.length}`,
    deviceIndexes: indexesOf(desired),
    observedGeneration: nodeEni.metadata.generation ?? 0,
    conditions: [
      condition('Ready', verdict, picture),
      condition('SpecValid', validity(picture), picture),
      condition('NodesServed', servedNodes(picture.leftOut, matchedNodes), picture),
      lastKnown('ReferencesResolved', aspect(picture, REFERENCE_REASONS, 'Resolved'), picture),
      lastKnown('CapacityAvailable', aspect(picture, CAPACITY_REASONS, 'Available'), picture),
      condition('Throttled', throttling(picture), picture),
      ...networkConditions(picture),
      ...standing(verdict, picture),
    ],
  };
};

/** Whether a status is worth a write: an expected end that moves is not, until the one that was reported has passed. */
export const isStatusChanged = (
  next: NodeEniStatus,
  previous: NodeEniStatus | undefined,
  now: Date,
): boolean =>
  previous === undefined || !(sameJson(next, previous) || isOnlyForecast(next, previous, now));

const takenIn = (status: NodeEniStatus | undefined) =>
  (status?.attachments ?? []).filter(({ reason }) => reason === 'AttachedElsewhere');

/** What somebody attached to another instance changes no condition once its slot has a new ENI: it is reported by itself, once. */
const takenEvents = (next: NodeEniStatus, previous: NodeEniStatus | undefined): NodeEniEvent[] => {
  const told = new Set(takenIn(previous).map(({ message }) => message));
  return takenIn(next).flatMap(({ message = '' }) =>
    told.has(message) ? [] : [{ type: 'Warning', reason: 'AttachedElsewhere', message }],
  );
};

const readyEvents = (next: NodeEniStatus, previous: NodeEniStatus | undefined): NodeEniEvent[] => {
  const readyIn = (status: NodeEniStatus | undefined) =>
    status?.conditions?.find(({ type }) => type === 'Ready');
  const after = readyIn(next);
  if (after === undefined || after.reason === readyIn(previous)?.reason) return [];
  const isBad =
    after.status === 'False' &&
    !['InProgress', 'Deleting', 'NoMatchingNodes'].includes(after.reason);
  return [{ type: isBad ? 'Warning' : 'Normal', reason: after.reason, message: after.message }];
};

/** One Event for each change of the Ready reason, and for each ENI that somebody took: nothing repeats. */
export const eventsFor = (
  next: NodeEniStatus,
  previous: NodeEniStatus | undefined,
): NodeEniEvent[] => [...readyEvents(next, previous), ...takenEvents(next, previous)];
