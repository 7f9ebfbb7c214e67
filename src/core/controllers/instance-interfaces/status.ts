import type { InterfaceEvent } from '#core/apis/v1alpha1/interface-event.ts';
import { nodeEniNameOf, type SlotStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import { sameJson } from '#core/json.ts';
import type { SlotPatch } from '#core/ports/cluster.ts';
import { recordsOf } from './plan/record-changes.ts';
import { rowsWithinRoom } from './plan/room.ts';

/**
 * A row says of which generation of its NodeENI it speaks: an edit is answered for with a write, though nothing else is to
 * be done here, and until then nobody takes what the row says for an answer to it.
 */
const rowOf = ({ slot, report }: SlotPlan, observed: Observed): SlotStatus | undefined => {
  if (report === undefined) return undefined;
  const before = observed.state?.status?.interfaces?.[slot];
  const isSame = before?.phase === report.phase && before.reason === report.reason;
  const name = nodeEniNameOf(slot);
  const nodeEni = observed.nodeEnis.find(({ metadata }) => metadata.name === name);
  return {
    ...report,
    since: isSame ? before.since : observed.now.toISOString(),
    ...(nodeEni?.metadata.generation !== undefined && {
      nodeEniGeneration: nodeEni.metadata.generation,
    }),
  };
};

/** All rows, those for which there is room, and how many there are besides. */
const rowsOf = (plan: InstancePlan, observed: Observed) => {
  const stored = recordsOf(observed);
  const records = plan.slots.flatMap(({ slot, record = stored[slot] }) =>
    record ? [[slot, record] as const] : [],
  );
  const rows = plan.slots.flatMap((slotPlan) => {
    const row = rowOf(slotPlan, observed);
    return row === undefined ? [] : [[slotPlan.slot, row] as const];
  });
  return rowsWithinRoom(rows, Object.fromEntries(records));
};

/** How many rows are left out, where the state object says otherwise. */
export const omittedRows = (plan: InstancePlan, observed: Observed): number | undefined => {
  const { omitted } = rowsOf(plan, observed);
  return omitted === (observed.state?.status?.interfacesOmitted ?? 0) ? undefined : omitted;
};

/** The status rows that differ from what the state object says; a slot that is gone becomes null. */
export const statusChanges = (plan: InstancePlan, observed: Observed): SlotPatch<SlotStatus> => {
  const stored = observed.state?.status?.interfaces ?? {};
  const { kept: rows } = rowsOf(plan, observed);
  const changed = [...rows].filter(([slot, row]) => !sameJson(row, stored[slot]));
  const gone = Object.keys(stored).filter((slot) => !rows.has(slot));
  return Object.fromEntries([...changed, ...gone.map((slot) => [slot, null] as const)]);
};

/** Host rows of slots that no longer exist. */
export const staleHostRows = (plan: InstancePlan, observed: Observed): string[] => {
  const living = new Set(
    plan.slots.filter(({ record }) => record !== null).map(({ slot }) => slot),
  );
  return Object.keys(observed.state?.status?.host ?? {}).filter((slot) => !living.has(slot));
};

const EVENT_TYPES = { Attached: 'Ready', Failed: 'Failed' } as const;

const eventOf = (
  slot: string,
  row: SlotStatus | null,
  { cluster, instanceId, node, state }: Observed,
): InterfaceEvent | undefined => {
  const before = state?.status?.interfaces?.[slot];
  const record = state?.spec.interfaces?.[slot];
  const subject = {
    cluster: cluster.name,
    nodeEni: nodeEniNameOf(slot),
    instanceId,
    subnetId: record?.subnetId ?? slot.slice(slot.indexOf('/') + 1),
    ...(node && { nodeName: node.name }),
    ...(record?.eniId === undefined ? {} : { eniId: record.eniId }),
    ...(record?.deviceIndex === undefined ? {} : { deviceIndex: record.deviceIndex }),
  };
  if (row === null) {
    const wasReal =
      before !== undefined && ['Attached', 'Releasing', 'Retained'].includes(before.phase);
    return wasReal
      ? { ...subject, type: 'Released', reason: 'Released', message: 'The interface is gone.' }
      : undefined;
  }
  const type = EVENT_TYPES[row.phase as keyof typeof EVENT_TYPES];
  // Attached and with another reason: something is still to be done, on the host or in EC2.
  const isReady = type !== 'Ready' || row.reason === 'Attached';
  if (type === undefined || !isReady) return undefined;
  if (before?.phase === row.phase && before.reason === row.reason) return undefined;
  return { ...subject, type, reason: row.reason, message: row.message };
};

/** What goes to the event bus: an interface became ready, failed for a new reason, or was released. */
export const eventsFor = (changes: SlotPatch<SlotStatus>, observed: Observed): InterfaceEvent[] =>
  Object.entries(changes).flatMap(([slot, row]) => eventOf(slot, row, observed) ?? []);

/** NodeENIs whose picture changed and whose status is to be rolled up again. */
export const nodeEnisTouched = (...changes: readonly SlotPatch<unknown>[]): string[] => [
  ...new Set(changes.flatMap((patch) => Object.keys(patch)).map(nodeEniNameOf)),
];

/** How long a state that resolves by itself is requeued soon; after that the sweep is enough. */
const HANGING_SECONDS = 600;

/** A wait that is longer ends with a sweep. */
const LONGEST_REQUEUE_SECONDS = 900;

/**
 * When to reconcile again: the soonest of the slots that still change, none for those that hang, or the host's time when that
 * comes before.
 */
export const requeueSecondsFor = (
  plan: InstancePlan,
  observed: Observed,
  hostSeconds = Number.POSITIVE_INFINITY,
): number | undefined => {
  const soon = plan.slots.flatMap((slotPlan) => {
    if (slotPlan.requeueAfterSeconds === undefined) return [];
    const since = rowOf(slotPlan, observed)?.since ?? observed.now.toISOString();
    const isHanging = observed.now.getTime() - Date.parse(since) > HANGING_SECONDS * 1000;
    return isHanging ? [] : [slotPlan.requeueAfterSeconds];
  });
  if (hostSeconds <= LONGEST_REQUEUE_SECONDS) soon.push(hostSeconds);
  return soon.length === 0 ? undefined : Math.max(1, Math.min(...soon));
};
