import { PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { Slot, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import { isGone, type Observed, type UnadoptedInterface } from '#core/instance/observed.ts';
import { report, type SlotPlan, unadopted, withPause } from '#core/instance/slot-plan.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { allocationsFor } from './allocate.ts';
import { planAttach, planDetaching } from './attach.ts';
import { planAttached } from './attached.ts';
import { withoutTaken, withRecords } from './attached-elsewhere.ts';
import { planCreate } from './create.ts';
import {
  type DesiredInterface,
  type DesiredInterfaces,
  desiredInterfacesFor,
  type Refusal,
} from './desired.ts';
import { keepingGivenUp, tellGivenUp } from './given-up.ts';
import { planLeaving } from './leaving.ts';
import type { SlotInput } from './match.ts';
import { match } from './match.ts';
import { withDoubt } from './node-doubts.ts';
import { withinRoom } from './room.ts';
import { withSetbacks } from './setbacks.ts';
import { roomFor } from './subnet-room.ts';

/** Whatever its tags say, the interface at index 0 of card 0 is the node's own and never a slot's. */
const isPrimary = ({ attachment }: NetworkInterface): boolean =>
  attachment?.deviceIndex === 0 && attachment.networkCardIndex === 0;

const holdsSlot = (
  desired: DesiredInterface,
  { nodeEni, eni }: UnadoptedInterface,
  record: SlotSpec | undefined,
): boolean => {
  if (nodeEni !== desired.nodeEni.metadata.name) return false;
  const subnetId = eni.tags[PEER_TAGS.subnet] ?? eni.subnetId;
  return subnetId === desired.subnet.subnetId || eni.eniId === record?.eniId;
};

const needsAdoption = (desired: DesiredInterface, { eni }: UnadoptedInterface): SlotPlan => ({
  slot: desired.slot,
  nodeEni: desired.nodeEni.metadata.name,
  report: unadopted(eni.eniId, desired.nodeEni.metadata.name),
});

const refusal = ({ slot, nodeEni, phase, requeueAfterSeconds, ...fault }: Refusal): SlotPlan => ({
  slot,
  nodeEni: nodeEni.metadata.name,
  report: report(phase, fault.reason, fault.message),
  ...(requeueAfterSeconds !== undefined && { requeueAfterSeconds }),
});

/** A refusal of a slot that is recorded must be reported without losing the record. */
const merge = (plans: readonly SlotPlan[]): SlotPlan[] => {
  const bySlot = new Map<Slot, SlotPlan>();
  for (const plan of plans) bySlot.set(plan.slot, { ...bySlot.get(plan.slot), ...plan });
  return [...bySlot.values()];
};

/** Tells that nobody knows whether a hook holds the instance: the interfaces go on, and the launch may not. */
const withScalingTrouble = (plan: SlotPlan, { scalingTrouble }: Observed): SlotPlan => {
  if (plan.report === undefined || scalingTrouble === undefined) return plan;
  const { phase, reason, message } = plan.report;
  const trouble = `Auto Scaling cannot be asked whether a hook holds the instance. ${scalingTrouble}`;
  return { ...plan, report: report(phase, reason, `${message} ${trouble}`) };
};

/** False for an ENI of an earlier NodeENI of the same name: what the new one says is not about it. */
const speaksFor = (nodeEni: NodeEni, { action, record }: SlotPlan, { ours }: Observed): boolean => {
  const { uid } = nodeEni.metadata;
  if (action === undefined || !('eniId' in action)) return !record || record.nodeEniUid === uid;
  const owner = ours.find(({ eniId }) => eniId === action.eniId)?.tags[TAGS.uid];
  return owner === undefined || owner === uid;
};

/** A recorded slot of an earlier NodeENI of the same name keeps the key until it is released. */
const isHeldByEarlier = ({ slot }: Pick<SlotPlan, 'slot'>, leaving: readonly SlotPlan[]): boolean =>
  leaving.some((plan) => plan.slot === slot);

/** The next step towards a wanted interface. */
export const planNextStep = (slotInput: SlotInput): SlotPlan => {
  const { eni } = slotInput;
  if (eni === undefined) return planCreate(slotInput);
  if (eni.status === 'available') return planAttach(slotInput, eni);
  if (eni.attachment?.status === 'detaching' || eni.status === 'detaching')
    return planDetaching(slotInput, eni);
  return planAttached(slotInput, eni);
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
      postponed: [],
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
  const desiredInterfaces: DesiredInterfaces = isGone(observed)
    ? { ...desiredInterfacesFor({ ...observed, nodeEnis: [] }), areLabelsKnown: false }
    : desiredInterfacesFor(observed);
  const matched = match(desiredInterfaces, observed);
  const allocations = allocationsFor(matched, observed);
  const rooms = roomFor(matched);

  const wanted = matched.map(({ desired, eni, record }) => {
    const unadopted = observed.unadopted.find((candidate) => holdsSlot(desired, candidate, record));
    return eni === undefined && unadopted !== undefined
      ? needsAdoption(desired, unadopted)
      : planNextStep({
          desired,
          eni,
          record,
          allocation: allocations.get(desired.slot),
          room: rooms.get(desired.slot),
          observed,
        });
  });
  const leaving = planLeaving(matched, desiredInterfaces, observed);
  const all = merge([
    ...leaving,
    ...wanted.filter((plan) => !isHeldByEarlier(plan, leaving)),
    ...desiredInterfaces.refused.map(refusal),
  ]);
  const slots = all.map((plan) => {
    const record = plan.record === undefined ? forgetful[plan.slot] : plan.record;
    const nodeEni = nodeEniByName.get(plan.nodeEni);
    const paused = withPause(
      withDoubt(
        keepingGivenUp(
          withSetbacks({ ...plan, ...(record !== undefined && { record }) }, observed),
          observed,
        ),
        observed,
      ),
      nodeEni !== undefined && speaksFor(nodeEni, plan, observed) ? nodeEni : undefined,
      observed.state?.spec.interfaces?.[plan.slot],
    );
    return withScalingTrouble(paused, observed);
  });
  return {
    slots: withinRoom([...slots, ...tellGivenUp(slots, observed)], observed),
    areLabelsKnown: desiredInterfaces.areLabelsKnown,
    ...(desiredInterfaces.undecided && { undecided: desiredInterfaces.undecided }),
    unaccepted: desiredInterfaces.unaccepted,
    postponed: matched
      .filter(
        ({ desired }) => desired.nodeEni.spec.paused !== true && isHeldByEarlier(desired, leaving),
      )
      .map(({ desired }) => desired.slot),
    isUndecided: false,
    isFinished: isGone(observed) && slots.every(({ record, action }) => record === null && !action),
  };
};
