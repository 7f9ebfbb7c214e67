import { nodeEniNameOf, type Slot, type SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { reportedEnd } from '#core/controllers/roll-up/forecast.ts';
import { isDesired, type Row, rowsOf, unreadyReason } from '#core/controllers/roll-up/rows.ts';
import { NODE_GRACE_SECONDS, RELEASE_TIMEOUT_SECONDS } from '#core/instance/observed.ts';
import { NETWORK_CONDITION } from '#core/network-standing.ts';
import { awaitedTransition } from '#core/scaling/lifecycle-state.ts';
import { longestWaitSeconds } from '#core/scaling/longest-wait.ts';
import { CLUSTER_WIDE_REASONS } from '../pod-networks.ts';
import type { InstanceFacts, KnownNodeEni, NodeEniFacts } from './facts.ts';
import { slotsOf } from './moments.ts';
import { remedyFor } from './remedies.ts';

/** Something that is waited for now. */
export interface Wait {
  readonly slot?: Slot;
  /** The NodeENI, for what holds all of its interfaces. */
  readonly nodeEni?: string;
  readonly reason: string;
  readonly message: string;
  /** ISO 8601; absent where nobody knows. */
  readonly since?: string;
  /** When it is tried again, or ends by itself; absent where that depends on others. */
  readonly until?: string;
  /** What a person can do to have it sooner. */
  readonly cutShortBy: string;
}

/** The latest of the refused calls is the one that the slot waits for. */
const retryAt = (record: SlotSpec | undefined): string | undefined =>
  Object.values(record?.backOffs ?? {})
    .map(({ until }) => until)
    .toSorted()
    .at(-1);

const after = (since: string | undefined, seconds: number): string | undefined =>
  since === undefined ? undefined : new Date(Date.parse(since) + seconds * 1000).toISOString();

/** When the wait of a row ends by itself, or its call is made again; undefined where that depends on others. */
const endOf = ({ slot, record }: Row, reason: string, facts: InstanceFacts): string | undefined => {
  const retry = retryAt(record);
  if (retry !== undefined) return retry;
  // What waits for the budget has no time of its own: all of a NodeENI come one after the other.
  if (reason === 'Throttled')
    return reportedEnd(facts.nodeEnis.get(nodeEniNameOf(slot))?.status ?? {});
  if (reason === 'NodeMissing')
    return after(facts.state?.spec.nodeMissingSince, NODE_GRACE_SECONDS);
  // Then it is detached, whatever the host says.
  return record?.phase === 'Releasing' && ['WaitingForHost', 'InUse'].includes(reason)
    ? after(record.releasingSince, RELEASE_TIMEOUT_SECONDS)
    : undefined;
};

const ofSlots = (facts: InstanceFacts): readonly Wait[] => {
  const { state } = facts;
  if (state === undefined) return [];
  const names = new Set(slotsOf(facts).map(nodeEniNameOf));
  return [...names].flatMap((name) =>
    rowsOf(name, [state]).flatMap((row): readonly Wait[] => {
      const why = unreadyReason(row);
      const isReleasing = row.record?.phase === 'Releasing';
      if (why === undefined || !(isDesired(row) || isReleasing)) return [];
      const until = endOf(row, why.reason, facts);
      const since = isReleasing ? row.record?.releasingSince : row.status?.since;
      return [
        {
          slot: row.slot,
          ...why,
          ...(since !== undefined && { since }),
          ...(until !== undefined && { until }),
          cutShortBy: remedyFor(why.reason),
        },
      ];
    }),
  );
};

const ofHooks = ({ member, hooks, instance }: InstanceFacts): readonly Wait[] => {
  if (member === undefined || awaitedTransition(member) !== 'launching') return [];
  const launch = instance?.launchTime.getTime();
  return hooks.map((hook) => {
    const { hookName, settings } = hook;
    const { completeWhen, deadlineSeconds, onDeadline } = settings;
    const seconds = Math.min(deadlineSeconds, longestWaitSeconds(hook));
    return {
      reason: member.lifecycleState,
      message: `Hook ${hookName} of ${member.groupName} waits until the interfaces are ${completeWhen.toLowerCase()}; at its deadline it is completed with ${onDeadline}.`,
      ...(launch !== undefined && {
        since: new Date(launch).toISOString(),
        until: new Date(launch + seconds * 1000).toISOString(),
      }),
      cutShortBy: 'whatever ends the waits of the interfaces',
    };
  });
};

const STALE_SECONDS = 3600;

/** What failed as a whole stands in no row. */
const ofTroubles = ({ events, now }: InstanceFacts): readonly Wait[] =>
  events
    .filter(({ involvedObject }) => involvedObject.kind === 'NodeENIState')
    .filter(
      ({ lastTimestamp = '' }) => now.getTime() - Date.parse(lastTimestamp) < STALE_SECONDS * 1000,
    )
    .map(({ reason, message, firstTimestamp }) => ({
      reason,
      message,
      ...(firstTimestamp !== undefined && { since: firstTimestamp }),
      cutShortBy: 'what the message says',
    }));

/** What the conditions of these types say that it waits for. */
const ofConditions = (
  { metadata, status }: KnownNodeEni,
  types: readonly string[],
): readonly Wait[] =>
  (status?.conditions ?? [])
    .filter((condition) => types.includes(condition.type) && condition.status === 'False')
    .map(({ reason, message, lastTransitionTime }) => ({
      nodeEni: metadata.name,
      reason,
      message,
      since: lastTransitionTime,
      cutShortBy: remedyFor(reason),
    }));

/** What keeps pods from asking for the networks of the instance stands in no row. */
const ofNetworks = (facts: InstanceFacts, told: readonly Wait[]): readonly Wait[] => {
  const reasons = new Set(told.map(({ reason }) => reason));
  const names = new Set(slotsOf(facts).map(nodeEniNameOf));
  return [...names].flatMap((name) => {
    const nodeEni = facts.nodeEnis.get(name);
    const waits = nodeEni === undefined ? [] : ofConditions(nodeEni, [NETWORK_CONDITION]);
    return waits.filter(({ reason }) => CLUSTER_WIDE_REASONS.has(reason) && !reasons.has(reason));
  });
};

/** What is waited for now, the hook first. */
export const waitsOf = (facts: InstanceFacts): readonly Wait[] => {
  const slots = ofSlots(facts);
  return [...ofHooks(facts), ...ofTroubles(facts), ...slots, ...ofNetworks(facts, slots)];
};

/** What a NodeENI waits for as a whole; the same reason once. */
export const nodeEniWaits = ({ nodeEni }: NodeEniFacts): readonly Wait[] => {
  const waits = ofConditions(nodeEni, ['Ready', NETWORK_CONDITION]);
  return [...new Map(waits.toReversed().map((wait) => [wait.reason, wait])).values()].toReversed();
};
