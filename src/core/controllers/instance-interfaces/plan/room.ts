import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import {
  nodeEniNameOf,
  type Slot,
  type SlotSpec,
  type SlotStatus,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import { userTagsOf } from '#core/apis/v1alpha1/rules.ts';
import type { Observed } from '#core/instance/observed.ts';
import { report, type SlotPlan } from '#core/instance/slot-plan.ts';
import { clipped, storedBytes } from '#core/stored-bytes.ts';

/**
 * For records and rows of a NodeENIState together, so that the object takes 256 kB at most, a sixth of what etcd stores. The rest is
 * for what its host says.
 */
const MOST_BYTES = 232 * 1024;
/** Of these, for rows that may be left out. */
const MOST_ROW_BYTES = 56 * 1024;

/** What a record grows by once its ENI is there: the facts of the ENI. */
const FACTS_BYTES = 512;

const MOST_MESSAGE_CHARACTERS = 1_024;
/** Of rows that are reported whatever room there is. */
const LEAST_MESSAGE_CHARACTERS = 160;

const bytesOf = (slot: Slot, value: unknown): number => storedBytes({ [slot]: value });

const SHORT_ROW: SlotStatus = {
  phase: 'Releasing',
  reason: 'IdempotentParameterMismatch',
  message: 'm'.repeat(LEAST_MESSAGE_CHARACTERS),
  since: '2026-01-01T00:00:00.000Z',
  nodeEniGeneration: 1_000_000,
};

/** A record with what comes of it: its row, and that of another slot of its NodeENI that is not well. */
const bytesWithRows = (slot: Slot, record: SlotSpec): number =>
  bytesOf(slot, record) +
  (record.eniId === undefined ? FACTS_BYTES : 0) +
  2 * bytesOf(slot, SHORT_ROW);

const full = ({ slot, nodeEni }: SlotPlan): SlotPlan => ({
  slot,
  nodeEni,
  report: report(
    'Failed',
    'RecordsFull',
    'The object of this node has no room for the record of another interface. Use fewer NodeENIs on it, or shorter tags.',
  ),
});

/** More tags than are recorded: an edit that makes the record larger. */
const grownTags = (nodeEni: NodeEni | undefined, stored: SlotSpec): number =>
  nodeEni?.spec.tags === undefined
    ? 0
    : Math.max(0, storedBytes(userTagsOf(nodeEni.spec)) - storedBytes(stored.userTags ?? {}));

const bytesOfAll = (records: Readonly<Record<Slot, SlotSpec>>): number =>
  Object.entries(records).reduce((sum, [slot, record]) => sum + bytesWithRows(slot, record), 0);

/**
 * The same plans, but that nothing is begun for which the state object has no room: no new ENI, and no tags that make a record
 * larger. What is recorded is kept, and gives way as ever.
 */
export const withinRoom = (slots: readonly SlotPlan[], observed: Observed): SlotPlan[] => {
  const stored = observed.state?.spec.interfaces ?? {};
  const nodeEnis = new Map(observed.nodeEnis.map((nodeEni) => [nodeEni.metadata.name, nodeEni]));
  // Counted when something is to be added: a sweep plans for every node, and mostly nothing.
  let counted: number | undefined;
  const hasRoomFor = (more: number): boolean => {
    const bytes = counted ?? bytesOfAll(stored);
    if (bytes + more > MOST_BYTES) return false;
    counted = bytes + more;
    return true;
  };
  return slots.map((plan) => {
    const { slot, record, action } = plan;
    const before = stored[slot];
    if (before === undefined) {
      if (!record || action?.type !== 'create') return plan;
      return hasRoomFor(bytesWithRows(slot, record)) ? plan : full(plan);
    }
    if (plan.report?.phase === 'Releasing' || !record) return plan;
    const growth = grownTags(nodeEnis.get(plan.nodeEni), before);
    return growth === 0 || hasRoomFor(growth) ? plan : full(plan);
  });
};

const URGENCY: Readonly<Record<SlotStatus['phase'], number>> = {
  Failed: 0,
  Pending: 1,
  Releasing: 2,
  Retained: 2,
  Attached: 3,
  Skipped: 4,
};

type Entry = readonly [Slot, SlotStatus];

/** Recorded slots first, then the most urgent one of each NodeENI, those of recorded NodeENIs before others; at last the rest. */
const ranksOf = (
  rows: readonly Entry[],
  recorded: ReadonlySet<Slot>,
): ReadonlyMap<Slot, number> => {
  const present = new Set([...recorded].map(nodeEniNameOf));
  const others = rows
    .filter(([slot]) => !recorded.has(slot))
    .toSorted(([, left], [, right]) => URGENCY[left.phase] - URGENCY[right.phase]);
  const told = new Set<string>();
  const ranks = new Map<Slot, number>([...recorded].map((slot) => [slot, 0]));
  for (const [slot, { phase }] of others) {
    const name = nodeEniNameOf(slot);
    const first = present.has(name) ? 1 : 2;
    ranks.set(slot, told.has(name) ? 3 + URGENCY[phase] : first);
    told.add(name);
  }
  return ranks;
};

/** What may never be left out: a NodeENI of which only what is well were reported would count as ready. */
const LAST_CERTAIN_RANK = 1;

/**
 * The rows for which the state object has room beside its records, and how many are left out. No row of a recorded slot is, nor the
 * most urgent one of a NodeENI that has a recorded slot: these are reported in fewer words instead.
 */
export const rowsWithinRoom = (
  rows: readonly Entry[],
  records: Readonly<Record<Slot, SlotSpec>>,
): { readonly kept: ReadonlyMap<Slot, SlotStatus>; readonly omitted: number } => {
  const isCertainlyReported = ([slot, { message }]: Entry): boolean =>
    slot in records && message.length <= LEAST_MESSAGE_CHARACTERS;
  if (rows.every(isCertainlyReported)) return { kept: new Map(rows), omitted: 0 };
  const ranks = ranksOf(rows, new Set(Object.keys(records)));
  const rankOf = (slot: Slot): number => ranks.get(slot) ?? 0;
  const kept = new Map<Slot, SlotStatus>();
  let left = Math.min(MOST_ROW_BYTES, MOST_BYTES - bytesOf('', records));
  for (const [slot, row] of rows.toSorted(([one], [other]) => rankOf(one) - rankOf(other))) {
    const usual = { ...row, message: clipped(row.message, MOST_MESSAGE_CHARACTERS) };
    const size = bytesOf(slot, usual);
    const isFull = size > left;
    if (isFull && rankOf(slot) > LAST_CERTAIN_RANK) continue;
    const short = clipped(row.message, LEAST_MESSAGE_CHARACTERS);
    kept.set(slot, isFull ? { ...row, message: short } : usual);
    left -= size;
  }
  return { kept, omitted: rows.length - kept.size };
};
