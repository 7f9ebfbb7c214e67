import { PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import {
  nodeEniNameOf,
  type Slot,
  type SlotSpec,
  slotOf,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { describeAction } from './actions.ts';
import { allocateDeviceIndexes, type Seat, type Seeker } from './device-index.ts';
import { isGone, type Observed, type Stray } from './observed.ts';
import { planRelease } from './plan-release.ts';
import { planWanted } from './plan-wanted.ts';
import { withoutEni } from './records.ts';
import { report, type SlotPlan, withPause } from './slot-plan.ts';
import { type Refusal, type Wish, type Wishes, wishesFor } from './wishes.ts';

/** What is to happen to an instance now, slot by slot, and to its state object. */
export interface InstancePlan {
  readonly slots: readonly SlotPlan[];
  readonly areLabelsKnown: boolean;
  /** NodeENIs whose interfaces are still to come, once they are accepted. */
  readonly unaccepted: readonly string[];
  /** EC2 cannot tell yet whether the instance lives: nothing is concluded, only looked at again. */
  readonly isUndecided: boolean;
  /** The instance is gone and nothing of ours is left of it. */
  readonly isFinished: boolean;
}

const isElsewhere = ({ attachment }: NetworkInterface, instanceId: string): boolean =>
  attachment !== undefined &&
  attachment.status !== 'detached' &&
  attachment.instanceId !== instanceId;

/** Whatever its tags say, the interface at index 0 of card 0 is the node's own and never a slot's. */
const isPrimary = ({ attachment }: NetworkInterface): boolean =>
  attachment?.deviceIndex === 0 && attachment.networkCardIndex === 0;

const slotOfEni = (eni: NetworkInterface): Slot =>
  slotOf(eni.tags[TAGS.name] ?? '', eni.tags[TAGS.subnet] ?? eni.subnetId);

/** Among several ENIs for one slot the recorded one stays, then an attached one, then the oldest. */
const choose = (
  candidates: readonly NetworkInterface[],
  record: SlotSpec | undefined,
): NetworkInterface | undefined =>
  candidates.toSorted(
    (left, right) =>
      Number(right.eniId === record?.eniId) - Number(left.eniId === record?.eniId) ||
      Number(right.attachment !== undefined) - Number(left.attachment !== undefined) ||
      (left.tags[TAGS.createdAt] ?? '').localeCompare(right.tags[TAGS.createdAt] ?? ''),
  )[0];

const holdsSlot = (wish: Wish, { nodeEni, eni }: Stray, record: SlotSpec | undefined): boolean => {
  if (nodeEni !== wish.nodeEni.metadata.name) return false;
  const subnetId = eni.tags[PEER_TAGS.subnet] ?? eni.subnetId;
  return subnetId === wish.subnet.subnetId || eni.eniId === record?.eniId;
};

const needsAdoption = (wish: Wish, { eni }: Stray): SlotPlan => ({
  slot: wish.slot,
  nodeEni: wish.nodeEni.metadata.name,
  report: report(
    'Pending',
    'NeedsAdoption',
    `${eni.eniId} holds this slot and does not carry our tags. Run: nodeeni adopt ${wish.nodeEni.metadata.name}`,
  ),
});

const refusal = ({ slot, nodeEni, phase, reason, message }: Refusal): SlotPlan => ({
  slot,
  nodeEni: nodeEni.metadata.name,
  report: report(phase, reason, message),
});

interface Filled {
  readonly wish: Wish;
  readonly eni: NetworkInterface | undefined;
  readonly record: SlotSpec | undefined;
}

const fill = (wishes: Wishes, observed: Observed): Filled[] => {
  const usable = observed.ours.filter((eni) => !isElsewhere(eni, observed.instanceId));
  return wishes.wanted.map((wish) => {
    const record = observed.state?.spec.interfaces?.[wish.slot];
    const candidates = usable.filter(
      (eni) => eni.tags[TAGS.uid] === wish.nodeEni.metadata.uid && slotOfEni(eni) === wish.slot,
    );
    return { wish, record, eni: choose(candidates, record) };
  });
};

const needsSeat = ({ wish, eni }: Filled): boolean =>
  eni === undefined ||
  eni.status === 'available' ||
  (wish.nodeEni.spec.deviceIndexPolicy === 'Require' &&
    eni.attachment?.deviceIndex !== wish.askedIndex);

/**
 * Gives out device indexes. An interface on its way to another index frees its own one, but only if it can go: one that
 * cannot keeps its place, and the indexes are given out anew.
 */
const seatsFor = (filled: readonly Filled[], observed: Observed): ReadonlyMap<Slot, Seat> => {
  const { instance, limits } = observed;
  if (instance === undefined) return new Map();
  const seeking = filled.filter(needsSeat);
  const seekers = seeking.map(
    ({ wish }): Seeker => ({
      slot: wish.slot,
      askedIndex: wish.askedIndex,
      networkCardIndex: wish.nodeEni.spec.networkCardIndex ?? 0,
      isRequired: wish.nodeEni.spec.deviceIndexPolicy === 'Require',
    }),
  );
  const leaving = new Set(
    seeking.flatMap(({ wish, eni }) =>
      eni?.attachment !== undefined && wish.nodeEni.spec.paused === true ? [] : (eni?.eniId ?? []),
    ),
  );

  for (;;) {
    const interfaces = instance.interfaces.filter(({ eniId }) => !leaving.has(eniId));
    const seats = allocateDeviceIndexes(seekers, { ...instance, interfaces }, limits);
    const stuck = seeking.filter(({ wish, eni }) => {
      const seat = seats.get(wish.slot);
      const isSeated = seat !== undefined && !('fault' in seat);
      return eni?.attachment !== undefined && leaving.has(eni.eniId) && !isSeated;
    });
    if (stuck.length === 0) return seats;
    for (const { eni } of stuck) leaving.delete(eni?.eniId ?? '');
  }
};

/** True for a record of a NodeENI that is gone and whose name another one bears now. */
const isOfEarlier = ({ nodeEniUid }: SlotSpec, name: string, { nodeEnis }: Observed): boolean => {
  const current = nodeEnis.find(({ metadata }) => metadata.name === name);
  return current !== undefined && current.metadata.uid !== nodeEniUid;
};

const planLeaving = (filled: readonly Filled[], wishes: Wishes, observed: Observed): SlotPlan[] => {
  const records = observed.state?.spec.interfaces ?? {};
  const kept = new Set(filled.flatMap(({ eni }) => eni?.eniId ?? []));
  const wanted = new Set(filled.map(({ wish }) => wish.slot));
  const unclaimed = observed.ours.filter(({ eniId }) => !kept.has(eniId));

  const isCurrent = (slot: Slot, record: SlotSpec) =>
    filled.some(
      ({ wish }) => wish.slot === slot && wish.nodeEni.metadata.uid === record.nodeEniUid,
    );
  const recorded = Object.entries(records)
    .filter(([slot, record]) => !isCurrent(slot, record))
    .map(([slot, record]) => ({
      slot,
      record,
      eni: unclaimed.find(
        (eni) =>
          eni.eniId === record.eniId ||
          (slotOfEni(eni) === slot && eni.tags[TAGS.uid] === record.nodeEniUid),
      ),
    }));
  const claimed = new Set(recorded.flatMap(({ eni }) => eni?.eniId ?? []));
  const unrecorded = unclaimed
    .filter(({ eniId }) => !claimed.has(eniId))
    .map((eni) => {
      const slot = slotOfEni(eni);
      const isTaken = wanted.has(slot) || slot in records;
      return { slot: isTaken ? `${slot}#${eni.eniId}` : slot, record: undefined, eni };
    });

  return [...recorded, ...unrecorded].map(({ slot, record, eni }) => {
    const nodeEni = nodeEniNameOf(slot);
    const isHeld =
      record?.phase === 'Present' &&
      wishes.held.has(nodeEni) &&
      !isOfEarlier(record, nodeEni, observed) &&
      !isGone(observed) &&
      (eni === undefined || !isElsewhere(eni, observed.instanceId));
    if (isHeld)
      return {
        slot,
        nodeEni,
        report: report(
          eni?.attachment?.status === 'attached' ? 'Attached' : 'Pending',
          'Held',
          'Kept as it is until the NodeENI can be read and resolved again.',
        ),
      };
    return planRelease({ slot, nodeEni, eni, record, observed });
  });
};

/** A refusal of a slot that is recorded must be told without losing the record. */
const merge = (plans: readonly SlotPlan[]): SlotPlan[] => {
  const bySlot = new Map<Slot, SlotPlan>();
  for (const plan of plans) bySlot.set(plan.slot, { ...bySlot.get(plan.slot), ...plan });
  return [...bySlot.values()];
};

/** What EC2 refused before is carried along until the slot needs no call, so that waits grow. */
const carryBackOff = (plan: SlotPlan, observed: Observed): SlotPlan => {
  const backOff = observed.state?.spec.interfaces?.[plan.slot]?.backOff;
  if (backOff === undefined || plan.action === undefined || !plan.record) return plan;
  return { ...plan, record: { ...plan.record, backOff } };
};

/** False for an ENI of an earlier NodeENI of the same name: what the new one says is not about it. */
const speaksFor = (nodeEni: NodeEni, { action }: SlotPlan, { ours }: Observed): boolean => {
  if (action === undefined || !('eniId' in action)) return true;
  const uid = ours.find(({ eniId }) => eniId === action.eniId)?.tags[TAGS.uid];
  return uid === undefined || uid === nodeEni.metadata.uid;
};

/** A recorded slot of an earlier NodeENI of the same name keeps the key until it is released. */
const withoutRecordClash = (plan: SlotPlan, leaving: readonly SlotPlan[]): boolean =>
  !leaving.some(({ slot }) => slot === plan.slot);

/**
 * Records whose ENI somebody attached elsewhere: it is given up, so the slot forgets it and the call that made it.
 * Otherwise that call would be replayed, and its answer is an ENI that is no longer ours to use.
 */
const withoutTaken = ({ ours, state, instanceId }: Observed): Readonly<Record<Slot, SlotSpec>> =>
  Object.fromEntries(
    Object.entries(state?.spec.interfaces ?? {}).flatMap(([slot, record]) => {
      const isTaken = ours.some(
        (eni) =>
          isElsewhere(eni, instanceId) &&
          slotOfEni(eni) === slot &&
          (eni.eniId === record.eniId || eni.tags[TAGS.createdAt] === record.create?.incarnation),
      );
      return isTaken && record.phase === 'Present' ? [[slot, withoutEni(record)]] : [];
    }),
  );

const withRecords = (observed: Observed, records: Readonly<Record<Slot, SlotSpec>>): Observed =>
  observed.state === undefined
    ? observed
    : {
        ...observed,
        state: {
          ...observed.state,
          spec: {
            ...observed.state.spec,
            interfaces: { ...observed.state.spec.interfaces, ...records },
          },
        },
      };

/**
 * Computes what turns `observed` into what the NodeENIs ask for. Pure: the same observation gives the same plan.
 *
 * One step a slot: an attach waits for the plan after its create, a delete for the plan after its detach. A plan
 * that fails half-way is simply computed again.
 */
export const planInstance = (seen: Observed): InstancePlan => {
  if (seen.instance?.state === 'shutting-down' || (seen.instance === undefined && !isGone(seen)))
    return {
      slots: [],
      areLabelsKnown: false,
      unaccepted: [],
      isUndecided: true,
      isFinished: false,
    };

  const forgetful = withoutTaken(seen);
  const observed = withRecords(
    { ...seen, ours: seen.ours.filter((eni) => !isPrimary(eni)) },
    forgetful,
  );
  const nodeEniByName = new Map<string, NodeEni>(
    observed.nodeEnis.map((nodeEni) => [nodeEni.metadata.name, nodeEni]),
  );
  const wishes: Wishes = isGone(observed)
    ? { ...wishesFor({ ...observed, nodeEnis: [] }), held: new Set(observed.invalidNodeEnis) }
    : wishesFor(observed);
  const filled = fill(wishes, observed);
  const seats = seatsFor(filled, observed);

  const wanted = filled.map(({ wish, eni, record }) => {
    const stray = observed.strays.find((candidate) => holdsSlot(wish, candidate, record));
    return eni === undefined && stray !== undefined
      ? needsAdoption(wish, stray)
      : planWanted({ wish, eni, record, seat: seats.get(wish.slot), observed });
  });
  const leaving = planLeaving(filled, wishes, observed);
  const all = merge([
    ...leaving,
    ...wanted.filter((plan) => withoutRecordClash(plan, leaving)),
    ...wishes.refused.map(refusal),
  ]);
  const slots = all.map((plan) => {
    const record = plan.record === undefined ? forgetful[plan.slot] : plan.record;
    const nodeEni = nodeEniByName.get(plan.nodeEni);
    return withPause(
      carryBackOff({ ...plan, ...(record !== undefined && { record }) }, observed),
      nodeEni !== undefined && speaksFor(nodeEni, plan, observed) ? nodeEni : undefined,
      plan.action === undefined ? '' : describeAction(plan.action),
    );
  });
  return {
    slots,
    areLabelsKnown: wishes.areLabelsKnown,
    unaccepted: wishes.unaccepted,
    isUndecided: false,
    isFinished: isGone(observed) && slots.every(({ record, action }) => record === null && !action),
  };
};
