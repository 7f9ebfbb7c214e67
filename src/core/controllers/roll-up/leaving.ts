import type { Explanation } from '#core/explanation.ts';
import { isDesired, type Row } from './rows.ts';
import { fromTrouble, type Verdict } from './troubles.ts';

/** Steps of a release that end by themselves, or by another reconcile. */
const UNDER_WAY = new Set([
  'Attaching',
  'AlreadyDone',
  'Conflict',
  'Deleting',
  'Detaching',
  'InUse',
  'InstanceBusy',
  'InstanceEnding',
  'NotFound',
  'NotReady',
  'NotVisibleYet',
  'Throttled',
  'WaitingForHost',
]);

const RECONCILED_NEXT: Explanation = {
  reason: 'Deleting',
  message: 'The interface is to be released.',
};

/** True for an interface on its way out, and not for one that is kept or was never to be. */
const isLeaving = (row: Row): boolean =>
  !isDesired(row) &&
  row.status?.reason !== 'AttachedElsewhere' &&
  !['Skipped', 'Retained'].includes(row.status?.phase ?? '');

const reported = (row: Row) => ({ row, ...(row.failure ?? row.status ?? RECONCILED_NEXT) });

/** What keeps interfaces from being released and does not pass by itself; undefined when nothing does. */
export const stuckRelease = (rows: readonly Row[], isDeleting: boolean): Verdict | undefined =>
  fromTrouble(
    rows
      .filter(
        (row) =>
          isLeaving(row) ||
          (isDeleting && (row.failure !== undefined || row.status?.reason === 'Paused')),
      )
      .filter(({ isBehind, status, failure }) => failure || !(isBehind || status === undefined))
      .map(reported)
      .filter(({ reason }) => !UNDER_WAY.has(reason) && reason !== 'Attached'),
  );

/** A release that is on its way: part of what an edit asked for. */
export const pendingRelease = (rows: readonly Row[]): Verdict | undefined => {
  const verdict = fromTrouble(rows.filter(isLeaving).map(reported));
  return verdict && { ...verdict, reason: 'InProgress' };
};
