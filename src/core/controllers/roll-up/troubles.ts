import { isDesired, type Row, unreadyReason } from './rows.ts';

/** What a condition says. */
export interface Verdict {
  readonly isTrue: boolean;
  readonly reason: string;
  readonly message: string;
}

type Unready = { readonly reason: string; readonly message: string };

const URGENCY = ['Failed', 'Pending', 'Attached'];

/** What keeps rows from being ready, the most urgent first. */
export const troubles = (rows: readonly Row[]): (Unready & { readonly row: Row })[] =>
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

/** Steps on the way are one reason for people; what needs them is told apart. */
const isTelling = (reason: string): boolean =>
  ['NeedsAdoption', 'Paused', 'Throttled', 'InstanceEnding'].includes(reason);

const inWords = (count: number, reason: string, { message }: Unready, where: string): string =>
  count === 1
    ? `${where}: ${message}`
    : `${count} interfaces (${reason}), first ${where}: ${message}`;

/** The most urgent of them in words, with the number of those alike; undefined when there is none. */
export const fromTrouble = (trouble: (Unready & { readonly row: Row })[]): Verdict | undefined => {
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
