import type {
  Attachment,
  Condition,
  NodeEni,
  NodeEniStatus,
} from '#core/apis/v1alpha1/node-eni.ts';
import { sameJson } from '#core/json.ts';
import type { NodeEniEvent } from '#core/ports/cluster.ts';
import { isOnlyForecast, untilAbout } from './forecast.ts';
import { attachmentOf, isDesired, isUnattended, type Row, unreadyReason } from './rows.ts';
import { fromTrouble, troubles, type Verdict } from './troubles.ts';

/** Rows kept in `status.attachments`; the rest is counted. Keeps the object far below the API server's limit. */
const MOST_ROWS = 500;

/** Reasons that mean a name or id in the spec is wrong. */
const REFERENCE_REASONS = new Set([
  'SubnetNotFound',
  'SubnetAmbiguous',
  'SecurityGroupNotFound',
  'SecurityGroupAmbiguous',
  'InvalidSecurityGroups',
]);

/** Reasons that mean there is no room. */
const CAPACITY_REASONS = new Set([
  'InstanceLimitReached',
  'NetworkCardNotFound',
  'SubnetFull',
  'RegionLimitReached',
  'CapacityExceeded',
  'DeviceIndexInUse',
  'DeviceIndexOutOfRange',
]);

export interface Picture {
  readonly nodeEni: NodeEni;
  readonly rows: readonly Row[];
  /** Rows of ENIs that wait for adoption. */
  readonly unadopted: readonly Attachment[];
  readonly matchedNodes: number;
  /** Rules of the API that the stored object breaks; it keeps working and says so. */
  readonly faults: readonly string[];
  /** False when the stored spec fits no schema: nothing is built for it, and what is there is kept. Absent: true. */
  readonly isReadable?: boolean;
  /** When what is being built will be there, if that takes long. */
  readonly expectedEnd?: Date;
  readonly now: Date;
}

const hasNoSubnet = (rows: readonly Row[]): Row | undefined => {
  const served = new Set(
    rows.filter(({ status }) => status?.phase !== 'Skipped').map(({ instanceId }) => instanceId),
  );
  return rows.find(({ instanceId }) => !served.has(instanceId));
};

const readyMessage = (rows: readonly Row[]): string => {
  const unattended = rows.filter(isDesired).filter(isUnattended).length;
  return unattended === 0
    ? 'Every interface is ready.'
    : `Every interface is attached. No agent has reported from the hosts of ${unattended}, so nobody waits for their links.`;
};

/** Reasons of those that only have to wait: they are told until when. */
const isWait = ({ reason }: Verdict): boolean => ['InProgress', 'Throttled'].includes(reason);

const withEnd = (verdict: Verdict, { rows, expectedEnd }: Picture): Verdict => {
  if (expectedEnd === undefined || !isWait(verdict)) return verdict;
  const desired = rows.filter(isDesired);
  const ready = desired.filter((row) => unreadyReason(row) === undefined).length;
  return {
    ...verdict,
    // What EC2's budget says of a call ends without a full stop.
    message: `${verdict.message.replace(/\.?$/, '.')} ${ready} of ${desired.length} interfaces are ready; EC2's request budget lets the rest come ${untilAbout(expectedEnd)}.`,
  };
};

const readiness = (picture: Picture): Verdict => {
  const { nodeEni, rows, unadopted, matchedNodes } = picture;
  if (nodeEni.metadata.deletionTimestamp !== undefined)
    return {
      isTrue: false,
      reason: unadopted.length > 0 ? 'NeedsAdoption' : 'Deleting',
      message:
        unadopted[0]?.message ??
        `${rows.length} interface${rows.length === 1 ? ' is' : 's are'} still to be released.`,
    };
  if (picture.isReadable === false)
    return {
      isTrue: false,
      reason: 'UnreadableSpec',
      message: `The spec cannot be read: ${picture.faults.join('; ')}. Edit these fields. Until then nothing is built or changed for it, and its interfaces are kept.`,
    };
  if (unadopted[0] !== undefined)
    return { isTrue: false, reason: 'NeedsAdoption', message: unadopted[0].message ?? '' };
  const trouble = fromTrouble(troubles(rows));
  if (trouble !== undefined) return withEnd(trouble, picture);
  const stranded = hasNoSubnet(rows);
  if (stranded !== undefined)
    return {
      isTrue: false,
      reason: 'NoSubnetInZone',
      message: `${stranded.nodeName ?? stranded.instanceId}: ${stranded.status?.message} Add a subnet of that zone.`,
    };
  if (rows.length === 0)
    return matchedNodes === 0
      ? { isTrue: true, reason: 'NoMatchingNodes', message: 'No node matches the selector.' }
      : {
          isTrue: false,
          reason: 'InProgress',
          message: 'The matching nodes have not been looked at yet.',
        };
  return { isTrue: true, reason: 'AllInterfacesReady', message: readyMessage(rows) };
};

const aspect = (rows: readonly Row[], reasons: ReadonlySet<string>, fine: string): Verdict => {
  const trouble = troubles(rows).filter(({ reason }) => reasons.has(reason));
  return fromTrouble(trouble) ?? { isTrue: true, reason: fine, message: '' };
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

const condition = (type: string, verdict: Verdict, { nodeEni, now }: Picture): Condition => {
  const status = verdict.isTrue ? 'True' : 'False';
  const before = nodeEni.status?.conditions?.find((candidate) => candidate.type === type);
  return {
    type,
    status,
    reason: verdict.reason,
    message: verdict.message,
    observedGeneration: nodeEni.metadata.generation ?? 0,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : now.toISOString(),
  };
};

/** The whole status of a NodeENI, computed from scratch; nothing in it depends on when it is computed, but times. */
export const statusOf = (picture: Picture): NodeEniStatus => {
  const { nodeEni, rows, unadopted, matchedNodes, now } = picture;
  const previous = nodeEni.status?.attachments ?? [];
  const listed = rows.filter(({ status }) => status?.phase !== 'Skipped');
  const kept = listed.slice(0, MOST_ROWS);
  const attachments = [...kept.map((row) => attachmentOf(row, previous, now)), ...unadopted];
  const desired = rows.filter(isDesired);
  const ready = desired.filter((row) => unreadyReason(row) === undefined);
  return {
    attachments: attachments.slice(0, MOST_ROWS),
    attachmentsOmitted: Math.max(0, listed.length + unadopted.length - MOST_ROWS),
    matchedNodes,
    desiredInterfaces: desired.length,
    readyInterfaces: ready.length,
    summary: `${ready.length}/${desired.length}`,
    observedGeneration: nodeEni.metadata.generation ?? 0,
    conditions: [
      condition('Ready', readiness(picture), picture),
      condition('SpecValid', validity(picture), picture),
      condition('ReferencesResolved', aspect(rows, REFERENCE_REASONS, 'Resolved'), picture),
      condition('CapacityAvailable', aspect(rows, CAPACITY_REASONS, 'Available'), picture),
      condition('Throttled', throttling(picture), picture),
    ],
  };
};

/** Whether a status is worth a write: an expected end that moves is not, until the one that was told has passed. */
export const isStatusChanged = (
  next: NodeEniStatus,
  previous: NodeEniStatus | undefined,
  now: Date,
): boolean =>
  previous === undefined || !(sameJson(next, previous) || isOnlyForecast(next, previous, now));

/** One Event for each change of the Ready reason: people see what happened, and nothing repeats. */
export const eventsFor = (
  next: NodeEniStatus,
  previous: NodeEniStatus | undefined,
): NodeEniEvent[] => {
  const readyIn = (status: NodeEniStatus | undefined) =>
    status?.conditions?.find(({ type }) => type === 'Ready');
  const after = readyIn(next);
  if (after === undefined || after.reason === readyIn(previous)?.reason) return [];
  const isBad = after.status === 'False' && !['InProgress', 'Deleting'].includes(after.reason);
  return [{ type: isBad ? 'Warning' : 'Normal', reason: after.reason, message: after.message }];
};
