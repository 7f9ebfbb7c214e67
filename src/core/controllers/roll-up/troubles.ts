import type { Explanation } from '#core/explanation.ts';
import { isDesired, type Row, unreadyReason } from './rows.ts';

/** What a condition says. */
export interface Verdict {
  readonly isTrue: boolean;
  readonly reason: string;
  readonly message: string;
}

/** Why one row is not as it should be. */
export interface Trouble extends Explanation {
  readonly row: Row;
}

const URGENCY = ['Failed', 'Pending', 'Attached'];

/** What a row said of an earlier generation is no trouble of this one: it only has to be reconciled. */
const phaseOf = ({ status, failure, isBehind = false }: Row) => {
  if (failure !== undefined) return 'Failed';
  return isBehind ? 'Pending' : (status?.phase ?? 'Pending');
};

/** What keeps rows from being ready, the most urgent first. */
export const troubles = (rows: readonly Row[]): Trouble[] =>
  rows
    .filter(isDesired)
    .flatMap((row) => {
      const unready = unreadyReason(row);
      return unready === undefined
        ? []
        : [{ row, reason: unready.reason, message: unready.message }];
    })
    .toSorted(
      (left, right) => URGENCY.indexOf(phaseOf(left.row)) - URGENCY.indexOf(phaseOf(right.row)),
    );

/** Steps on the way are one reason for people; what needs them is told apart. */
const isTelling = (reason: string): boolean =>
  ['NeedsAdoption', 'Paused', 'Throttled', 'InstanceEnding'].includes(reason);

export const asSentence = (text: string): string => text.replace(/\.?$/, '.');

const inWords = (count: number, reason: string, { message }: Explanation, where: string): string =>
  count === 1
    ? `${where}: ${message}`
    : `${count} interfaces (${reason}), first ${where}: ${message}`;

/** The refusals of other kinds, counted, so that the first one does not hide them. */
const others = (trouble: readonly Trouble[], told: string): string => {
  const failed = trouble.filter(({ row, reason }) => phaseOf(row) === 'Failed' && reason !== told);
  const counts = [...Map.groupBy(failed, ({ reason }) => reason)];
  return counts.map(([reason, rows]) => `${rows.length} ${reason}`).join(', ');
};

/** The most urgent of them in words, with the number of those alike; undefined when there is none. */
export const fromTrouble = (trouble: readonly Trouble[]): Verdict | undefined => {
  const [first] = trouble;
  if (first === undefined) return undefined;
  const alike = trouble.filter(({ reason }) => reason === first.reason).length;
  const where = first.row.nodeName ?? first.row.instanceId;
  const message = inWords(alike, first.reason, first, where);
  const rest = others(trouble, first.reason);
  return {
    isTrue: false,
    reason:
      phaseOf(first.row) === 'Pending' && !isTelling(first.reason) ? 'InProgress' : first.reason,
    message: rest === '' ? message : `${asSentence(message)} Besides: ${rest}.`,
  };
};
