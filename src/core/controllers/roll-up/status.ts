import type {
  Attachment,
  Condition,
  NodeEni,
  NodeEniStatus,
} from '#core/apis/v1alpha1/node-eni.ts';
import { sameJson } from '#core/json.ts';
import type { NodeEniEvent } from '#core/ports/cluster.ts';
import { attachmentOf, isDesired, isUnattended, type Row, unreadyReason } from './rows.ts';

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
]);

export interface Picture {
  readonly nodeEni: NodeEni;
  readonly rows: readonly Row[];
  /** Rows of ENIs that wait for adoption. */
  readonly unadopted: readonly Attachment[];
  readonly matchedNodes: number;
  /** Rules of the API that the stored object breaks; it keeps working and says so. */
  readonly faults: readonly string[];
  readonly now: Date;
}

interface Verdict {
  readonly isTrue: boolean;
  readonly reason: string;
  readonly message: string;
}

type Unready = { readonly reason: string; readonly message: string };

const URGENCY = ['Failed', 'Pending', 'Attached'];

/** What keeps rows from being ready, the most urgent first. */
const troubles = (rows: readonly Row[]): (Unready & { readonly row: Row })[] =>
  rows
    .filter(isDesired)
    .flatMap((row) => {
      const unready = unreadyReason(row);
      return unready === undefined
        ? []
        : [{ row, reason: unready.reason, message: unready.message }];
    })
    .toSorted(
      (left, right) =>
        URGENCY.indexOf(left.row.status?.phase ?? 'Pending') -
        URGENCY.indexOf(right.row.status?.phase ?? 'Pending'),
    );

const inWords = (count: number, reason: string, { message }: Unready, where: string): string =>
  count === 1
    ? `${where}: ${message}`
    : `${count} interfaces (${reason}), first ${where}: ${message}`;

const fromTrouble = (trouble: (Unready & { readonly row: Row })[]): Verdict | undefined => {
  const [first] = trouble;
  if (first === undefined) return undefined;
  const alike = trouble.filter(({ reason }) => reason === first.reason).length;
  const where = first.row.nodeName ?? first.row.instanceId;
  return {
    isTrue: false,
    reason:
      first.row.status?.phase === 'Pending' && !isTelling(first.reason)
        ? 'InProgress'
        : first.reason,
    message: inWords(alike, first.reason, first, where),
  };
};

/** Steps on the way are one reason for people; what needs them is told apart. */
const isTelling = (reason: string): boolean =>
  ['NeedsAdoption', 'Paused', 'Throttled', 'InstanceEnding'].includes(reason);

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

const readiness = ({ nodeEni, rows, unadopted, matchedNodes }: Picture): Verdict => {
  if (nodeEni.metadata.deletionTimestamp !== undefined)
    return {
      isTrue: false,
      reason: unadopted.length > 0 ? 'NeedsAdoption' : 'Deleting',
      message:
        unadopted[0]?.message ??
        `${rows.length} interface${rows.length === 1 ? ' is' : 's are'} still to be released.`,
    };
  if (unadopted[0] !== undefined)
    return { isTrue: false, reason: 'NeedsAdoption', message: unadopted[0].message ?? '' };
  const trouble = fromTrouble(troubles(rows));
  if (trouble !== undefined) return trouble;
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

const throttling = (rows: readonly Row[]): Verdict => {
  const throttled = troubles(rows).filter(({ reason }) => reason === 'Throttled');
  return throttled[0] === undefined
    ? { isTrue: false, reason: 'WithinBudget', message: '' }
    : {
        isTrue: true,
        reason: 'Throttled',
        message: `${throttled.length} interfaces wait for EC2's request budget.`,
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
      condition('Throttled', throttling(rows), picture),
    ],
  };
};

export const isStatusChanged = (
  next: NodeEniStatus,
  previous: NodeEniStatus | undefined,
): boolean => !sameJson(next, previous);

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
