import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { userTagsOf } from '#core/apis/v1alpha1/rules.ts';
import { type InterfaceAction, purposeOf } from '#core/instance/interface-action.ts';
import { hasAgent, isAttachStuck } from '#core/instance/observed.ts';
import { attachStuck, report, type SlotPlan, type SlotReport } from '#core/instance/slot-plan.ts';
import { canonicalJson } from '#core/json.ts';
import type {
  NetworkInterfaceAttachment as Attachment,
  NetworkInterface,
} from '#core/ports/cloud.ts';
import { REQUEUE_SECONDS } from '#core/requeue.ts';
import { withoutFamilies } from './addresses.ts';
import { driftOf } from './drift.ts';
import { growthOf } from './growth.ts';
import type { SlotInput } from './match.ts';
import { growthObstacles } from './obstacle.ts';
import { recordOf, releasingRecord } from './records.ts';
import { mayLeave } from './release.ts';
import { base, heldBack, waitFor, waiting } from './waits.ts';

/** What differs, and the next of it that is mended now: not what waits, and not what was mended in this reconcile and is not shown yet. */
const mending = (slotInput: SlotInput, eni: NetworkInterface) => {
  const refused = growthObstacles(slotInput, eni);
  const { desired, record, observed } = slotInput;
  const drifts = withoutFamilies(driftOf(desired, eni, record, observed), refused);
  const due = drifts.filter((action) => waitFor(slotInput, purposeOf(action)) <= 0);
  const isMade = (action: InterfaceAction): boolean =>
    observed.made?.has(canonicalJson(action)) === true;
  const [short] = Object.values(refused);
  return { drifts, short, action: due.find((action) => !isMade(action)) };
};

/** The same plan; with a call for tags its record names those of the spec: once out of it, they are taken off again by that. */
const rememberingTags = (plan: SlotPlan, { desired, record: stored }: SlotInput): SlotPlan => {
  const { action, record = stored } = plan;
  if (action?.type !== 'set-tags' || !record) return plan;
  const userTags = { ...record.userTags, ...userTagsOf(desired.nodeEni.spec) };
  return { ...plan, record: { ...record, userTags } };
};

/** The same plan, and what differs on the ENI is mended while the slot waits for something else. */
export const mendingMeanwhile = (
  plan: SlotPlan,
  slotInput: SlotInput,
  eni: NetworkInterface,
): SlotPlan => {
  const { drifts, action } = mending(slotInput, eni);
  if (drifts.length === 0) return plan;
  const needs = [...(plan.needs ?? []), ...drifts.map(purposeOf)];
  return rememberingTags({ ...plan, ...(action && { action }), needs }, slotInput);
};

const isMisplaced = ({ desired }: SlotInput, attachment: Attachment): boolean =>
  desired.nodeEni.spec.deviceIndexPolicy === 'Require' &&
  attachment.deviceIndex !== desired.askedIndex;

/** A required index is worth an interruption: the agent lets go, the ENI is detached and comes back where it belongs. */
const planMove = (
  slotInput: SlotInput,
  eni: NetworkInterface,
  { attachmentId }: Attachment,
): SlotPlan => {
  const { desired, record, allocation, observed } = slotInput;
  const present = recordOf(desired, eni, record);
  if (allocation !== undefined && 'fault' in allocation)
    return {
      ...base(slotInput),
      record: present,
      report: report('Failed', allocation.fault.reason, allocation.fault.message),
    };
  // Where nobody may attach it, it is not taken off either.
  const held = (['attach', 'detach'] as const).find((purpose) => waitFor(slotInput, purpose) > 0);
  if (held !== undefined)
    return {
      ...heldBack(slotInput, held, waitFor(slotInput, held)),
      needs: [held],
      record: record ?? present,
    };
  const releasing = releasingRecord(record?.phase === 'Releasing' ? record : present, observed.now);
  const isFree = !hasAgent(observed) || mayLeave(desired.slot, releasing, observed);
  return {
    ...base(slotInput),
    ...(isFree && {
      action: { type: 'detach', slot: desired.slot, eniId: eni.eniId, attachmentId },
    }),
    record: releasing,
    report: report(
      'Pending',
      'Moving',
      `${eni.eniId} moves to device index ${desired.askedIndex}.`,
    ),
    ...(!isFree && { requeueAfterSeconds: REQUEUE_SECONDS }),
  };
};

/** Attached, and at which index: with `Prefer` it keeps the one it has, and says so. */
const inPlace = ({ eniId, attachment }: NetworkInterface, askedIndex: number): SlotReport => {
  const at = `${eniId} is attached at device index ${attachment?.deviceIndex}.`;
  if (attachment === undefined || attachment.deviceIndex === askedIndex)
    return report('Attached', 'Attached', at);
  return {
    ...report('Attached', 'Attached', `${at} ${askedIndex} is asked for, and preferred only.`),
    askedDeviceIndex: askedIndex,
  };
};

/** The same report, with what is to be said of the network for pods that the slot is not. */
const withNetwork = (said: SlotReport, { desired: { network } }: SlotInput): SlotReport => {
  if (network === undefined || 'name' in network) return said;
  if ('told' in network) return { ...said, message: `${said.message} ${network.told}` };
  return { ...said, ...network.fault };
};

/** The same plan of an ENI that is as it should be, with more addresses for pods that need them. */
const withGrowth = (
  plan: SlotPlan & { readonly record: SlotSpec; readonly report: SlotReport },
  slotInput: SlotInput,
  eni: NetworkInterface,
): SlotPlan => {
  const growth = growthOf(plan.record, slotInput, eni);
  if (growth === undefined) return plan;
  const { action, told, ...rest } = growth;
  const from = eni.ipv4Prefixes?.length ?? 0;
  const at = slotInput.observed.now.toISOString();
  return {
    ...plan,
    ...(action && { action, record: { ...plan.record, growth: { from, at } } }),
    ...rest,
    report: { ...plan.report, message: `${plan.report.message} ${told}` },
  };
};

/** What is left to do for an ENI that has its place, or gets it now. */
const planInPlace = (slotInput: SlotInput, eni: NetworkInterface): SlotPlan => {
  const { desired, record } = slotInput;
  const next = recordOf(desired, eni, record);
  const { drifts, short, action } = mending(slotInput, eni);
  const needs = drifts.map(purposeOf);
  const isThere = eni.attachment?.status === 'attached';
  const updating = {
    ...base(slotInput),
    needs,
    record: next,
    report: report('Pending', 'Updating', `${eni.eniId} is being brought in line with the spec.`),
  };
  if (action !== undefined) return { ...updating, action };
  const waits = needs
    .map((purpose) => ({ purpose, seconds: waitFor(slotInput, purpose) }))
    .filter(({ seconds }) => seconds > 0);
  const [first] = waits;
  const seconds = waits.length < needs.length ? [REQUEUE_SECONDS] : [];
  if (first !== undefined)
    return {
      ...updating,
      ...heldBack(slotInput, first.purpose, first.seconds, isThere ? 'Attached' : 'Pending'),
      requeueAfterSeconds: Math.max(1, Math.min(...seconds, ...waits.map((wait) => wait.seconds))),
    };
  if (needs.length > 0) return { ...updating, requeueAfterSeconds: REQUEUE_SECONDS };
  if (isThere && short !== undefined) {
    const { report: told, ...again } = short;
    return { ...base(slotInput), ...again, record: next, report: { ...told, phase: 'Attached' } };
  }
  return isThere
    ? withGrowth(
        {
          ...base(slotInput),
          record: next,
          report: withNetwork(inPlace(eni, desired.askedIndex), slotInput),
        },
        slotInput,
        eni,
      )
    : isAttachStuck(eni.attachment, slotInput.observed.now)
      ? { ...base(slotInput), record: next, report: attachStuck(eni.eniId) }
      : { ...waiting(slotInput, 'Attaching', `${eni.eniId} is being attached.`), record: next };
};

/** The next step for an ENI that is attached, or being attached. */
export const planAttached = (slotInput: SlotInput, eni: NetworkInterface): SlotPlan => {
  const { attachment } = eni;
  if (!attachment || !isMisplaced(slotInput, attachment) || slotInput.observed.isTerminating)
    return planInPlace(slotInput, eni);
  const move = planMove(slotInput, eni, attachment);
  return move.action === undefined ? mendingMeanwhile(move, slotInput, eni) : move;
};
