import type { NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState, SlotStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import { secondsToBuild } from '#core/ec2/building-pace.ts';
import { sameJson } from '#core/json.ts';
import { once } from '#core/once.ts';
import { isDesired, type Row } from './rows.ts';

const MINUTE_MS = 60_000;

/** A shorter wait is over before somebody has read of it, unless EC2's budget is named as its reason. */
const LEAST_SECONDS = 60;

/** Reasons of interfaces that come by themselves, as fast as the budget allows. */
const UNDER_WAY = new Set([
  'Creating',
  'Attaching',
  'InstancePending',
  'NotVisibleYet',
  'Throttled',
]);

const isUnderWay = (status: SlotStatus | undefined): boolean =>
  status === undefined || (status.phase !== 'Releasing' && UNDER_WAY.has(status.reason));

/** Slots of every NodeENI that are being built: they share one budget. */
const underWayIn = once(
  (states: readonly NodeEniState[]): number =>
    states
      .flatMap(({ status }) => Object.values(status?.interfaces ?? {}))
      .filter((status) => isUnderWay(status)).length,
);

/** Interfaces of nodes that nobody has reconciled yet, taken to need as many as the others do. */
const unseenOn = (rows: readonly Row[], matchedNodes: number): number => {
  const seen = new Set(rows.map(({ instanceId }) => instanceId)).size;
  const each = Math.max(1, rows.filter(isDesired).length / Math.max(1, seen));
  return Math.ceil(Math.max(0, matchedNodes - seen) * each);
};

/**
 * When the interfaces of a NodeENI will be there, in whole minutes rounded up, if the budget alone decides; undefined when
 * nothing is being built or it takes no time worth telling. `share` is the part of EC2's refill that may be used, 0 to 1.
 */
export const expectedEnd = ({
  rows,
  states,
  matchedNodes,
  share,
  now,
}: {
  readonly rows: readonly Row[];
  readonly states: readonly NodeEniState[];
  readonly matchedNodes: number;
  readonly share: number;
  readonly now: Date;
}): Date | undefined => {
  const own = rows.filter((row) => isDesired(row) && isUnderWay(row.status));
  if (own.length === 0) return undefined;
  const seconds = secondsToBuild(underWayIn(states) + unseenOn(rows, matchedNodes), share);
  const isThrottled = own.some(({ status }) => status?.reason === 'Throttled');
  if (seconds < LEAST_SECONDS && !isThrottled) return undefined;
  return new Date(Math.ceil((now.getTime() + seconds * 1000) / MINUTE_MS) * MINUTE_MS);
};

/** The end in words: `until about 2026-11-21T14:05Z`. */
export const untilAbout = (end: Date): string => `until about ${end.toISOString().slice(0, 16)}Z`;

const UNTIL = /until about (\d{4}-\d\d-\d\dT\d\d:\d\dZ)/g;

const messagesIn = ({ conditions = [] }: NodeEniStatus): readonly string[] =>
  conditions.map(({ message }) => message);

const withoutEnds = (status: NodeEniStatus): NodeEniStatus => ({
  ...status,
  ...(status.conditions && {
    conditions: status.conditions.map((condition) => ({
      ...condition,
      message: condition.message.replaceAll(UNTIL, ''),
    })),
  }),
});

/** When the interfaces of a NodeENI are expected, by its status (ISO 8601); undefined where it says nothing of that. */
export const reportedEnd = (status: NodeEniStatus): string | undefined =>
  messagesIn(status)
    .flatMap((message) => [...message.matchAll(UNTIL)])
    .map(([, end]) => end)
    .find((end) => end !== undefined);

const hasPassed = (status: NodeEniStatus, now: Date): boolean =>
  messagesIn(status)
    .flatMap((message) => [...message.matchAll(UNTIL)])
    .some(([, end = '']) => Date.parse(end) < now.getTime());

/** True when nothing is new but an expected end, and the one that was reported has not passed: not worth a write. */
export const isOnlyForecast = (next: NodeEniStatus, previous: NodeEniStatus, now: Date): boolean =>
  !hasPassed(previous, now) && sameJson(withoutEnds(next), withoutEnds(previous));
