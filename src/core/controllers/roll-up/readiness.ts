import { selectorText } from '#core/apis/v1alpha1/selector.ts';
import { untilAbout } from './forecast.ts';
import { pendingRelease, stuckRelease } from './leaving.ts';
import { missingNodes } from './left-out.ts';
import { conditionBefore, type Picture } from './picture.ts';
import { attachmentTrouble } from './pod-network.ts';
import {
  isDesired,
  isUnattended,
  isUnreported,
  NOT_SINCE_EDIT,
  type Row,
  unreadyReason,
} from './rows.ts';
import { asSentence, fromTrouble, troubles, type Verdict } from './troubles.ts';

const no = (reason: string, message: string): Verdict => ({ isTrue: false, reason, message });

const counted = (count: number): string =>
  `${count} interface${count === 1 ? ' is' : 's are'} still to be released.`;

/** What holds a deletion back: for as long as it only takes its time, a count. */
const whileDeleting = (picture: Picture): Verdict => {
  const { rows, unadopted, remaining = [] } = picture;
  if (unadopted[0] !== undefined) return no('NeedsAdoption', unadopted[0].message ?? '');
  const stuck = stuckRelease(rows, true);
  if (stuck !== undefined)
    return { ...stuck, message: `${counted(rows.length)} ${asSentence(stuck.message)}` };
  const network = rows.length === 0 ? attachmentTrouble(picture) : undefined;
  if (network !== undefined) return network;
  if (rows.length > 0 || remaining[0] === undefined) return no('Deleting', counted(rows.length));
  return no('Deleting', `${counted(remaining.length)} EC2 shows ${remaining[0]} and no record.`);
};

const hasNoSubnet = (rows: readonly Row[]): Row | undefined => {
  const served = new Set(
    rows.filter(({ status }) => status?.phase !== 'Skipped').map(({ instanceId }) => instanceId),
  );
  return rows.find(({ instanceId }) => !served.has(instanceId));
};

const stranded = (rows: readonly Row[]): Verdict | undefined => {
  const row = hasNoSubnet(rows);
  return (
    row &&
    no(
      'NoSubnetInZone',
      `${row.nodeName ?? row.instanceId}: ${row.status?.message} Add a subnet of that zone.`,
    )
  );
};

/** Interfaces nobody can use: no pod comes to a node that keeps the taint. */
const stuckTaint = ({ stuckTaints = [] }: Picture): Verdict | undefined => {
  const [first] = stuckTaints;
  const more = stuckTaints.length > 1 ? ` The same of ${stuckTaints.length - 1} more.` : '';
  return (
    first &&
    no(
      'StartupTaintStuck',
      `${first.nodeName}: every interface is attached, and the startup taint cannot be taken off: ${asSentence(first.message)}${more}`,
    )
  );
};

/** Rows that are asked for nothing now and might be by the edit: skipped ones, and those on their way out. */
const unconfirmed = (rows: readonly Row[]): Verdict | undefined =>
  fromTrouble(
    rows
      .filter(({ isBehind }) => isBehind)
      .map((row) => ({ row, ...(row.failure ?? NOT_SINCE_EDIT) })),
  );

/** True once everything this generation asks for has been there; what is released later is another matter. */
const hasSettled = ({ nodeEni }: Picture): boolean => {
  const before = conditionBefore(nodeEni, 'Ready');
  return before?.status === 'True' && before.observedGeneration === nodeEni.metadata.generation;
};

/** A spec from before the rule against it: no row can come of it. */
const asksForNothing = ({ nodeEni: { spec }, faults }: Picture): Verdict | undefined =>
  [spec.subnetID, spec.subnetName, ...(spec.subnetIDs ?? []), ...(spec.subnetNames ?? [])].some(
    (subnet) => subnet,
  )
    ? undefined
    : no('InvalidSpec', faults.join('; '));

/** Interfaces whose index is another than the asked one: fine with `Prefer`, and nothing that whoever addresses links by it should miss. */
const displaced = (rows: readonly Row[]): string => {
  const all = rows.filter(({ status }) => status?.askedDeviceIndex !== undefined);
  const [first] = all;
  if (first === undefined) return '';
  const where = first.nodeName ?? first.instanceId;
  const count = all.length === 1 ? '1 interface has' : `${all.length} interfaces have`;
  return ` ${count} another device index than asked for: on ${where} ${first.record?.deviceIndex} and not ${first.status?.askedDeviceIndex}.`;
};

const readyMessage = ({ rows, nodeEni: { spec } }: Picture): string => {
  const unattended = rows.filter(isDesired).filter(isUnattended).length;
  const indexes = displaced(rows.filter(isDesired));
  const hasGroup = [spec.securityGroupIDs, spec.securityGroupNames].some((list) => list?.length);
  const groups = hasGroup
    ? ''
    : " No security group is named: they have the default group of their subnet's VPC.";
  return unattended === 0
    ? `Every interface is ready.${indexes}${groups}`
    : `Every interface is attached. No agent has reported from the hosts of ${unattended}, so nobody waits for their links.${indexes}${groups}`;
};

/** Reasons of those that only have to wait: they are told until when. */
const isWait = ({ reason }: Verdict): boolean => ['InProgress', 'Throttled'].includes(reason);

const withEnd = (verdict: Verdict, { rows, expectedEnd }: Picture): Verdict => {
  if (expectedEnd === undefined || !isWait(verdict)) return verdict;
  const desired = rows.filter(isDesired);
  const ready = desired.filter((row) => unreadyReason(row) === undefined);
  return {
    ...verdict,
    // What EC2's budget says of a call ends without a full stop.
    message: `${asSentence(verdict.message)} ${ready.length} of ${desired.length} interfaces are ready; EC2's request budget lets the rest come ${untilAbout(expectedEnd)}.`,
  };
};

/** Not ready: a selector with a slip in it would look like one whose nodes are all served. */
const noMatch = ({ nodeEni: { spec } }: Picture): string => {
  const selector = selectorText(spec);
  return selector === ''
    ? 'There is no node in the cluster.'
    : `No node matches the selector: ${selector}`;
};

const whenAllIsThere = (picture: Picture): Verdict => {
  if (picture.rows.length > 0)
    return { isTrue: true, reason: 'AllInterfacesReady', message: readyMessage(picture) };
  return picture.matchedNodes === 0
    ? no('NoMatchingNodes', noMatch(picture))
    : no('InProgress', 'The matching nodes have not been reconciled yet.');
};

/** A reconcile that has been asked for and does not come in this time does not come by itself. */
const OVERDUE_SECONDS = 900;

/** Reasons under which somebody may wait for a reconcile. */
const WAITS_FOR_RECONCILE = ['InProgress', 'NotReconciled'];

/** True when somebody has not been reconciled for long, and neither a failure nor EC2's budget tells why. */
const isOverdue = ({ nodeEni, rows, leftOut, expectedEnd, now }: Picture): boolean => {
  const before = conditionBefore(nodeEni, 'Ready');
  const since = Date.parse(before?.lastTransitionTime ?? '');
  return (
    (rows.some(isUnreported) || (leftOut?.unseen.length ?? 0) > 0) &&
    expectedEnd === undefined &&
    WAITS_FOR_RECONCILE.includes(before?.reason ?? '') &&
    before?.observedGeneration === nodeEni.metadata.generation &&
    now.getTime() - since >= OVERDUE_SECONDS * 1000
  );
};

const verdictOf = (picture: Picture): Verdict => {
  const { nodeEni, rows, unadopted, matchedNodes, leftOut } = picture;
  if (nodeEni.metadata.deletionTimestamp !== undefined) return whileDeleting(picture);
  if (picture.isReadable === false)
    return no(
      'UnreadableSpec',
      `The spec cannot be read: ${picture.faults.join('; ')}. Edit these fields. Until then nothing is built or changed for it, and its interfaces are kept.`,
    );
  if (unadopted[0] !== undefined) return no('NeedsAdoption', unadopted[0].message ?? '');
  const trouble = fromTrouble(troubles(rows)) ?? unconfirmed(rows);
  if (trouble !== undefined) return withEnd(trouble, picture);
  return (
    stranded(rows) ??
    stuckRelease(rows, false) ??
    asksForNothing(picture) ??
    missingNodes(leftOut, rows, matchedNodes) ??
    stuckTaint(picture) ??
    attachmentTrouble(picture) ??
    (hasSettled(picture) ? undefined : pendingRelease(rows)) ??
    whenAllIsThere(picture)
  );
};

/** The condition `Ready`: so only once every matched node has been reconciled in this generation, and has what it asks for. */
export const readiness = (picture: Picture): Verdict => {
  const verdict = verdictOf(picture);
  return verdict.reason === 'InProgress' && isOverdue(picture)
    ? no(
        'NotReconciled',
        `${asSentence(verdict.message)} That is so for a quarter of an hour: see the log and the alarms of the function reconcile.`,
      )
    : verdict;
};
