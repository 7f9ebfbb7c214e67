import { type InterfaceAction, purposeOf } from '#core/instance/interface-action.ts';
import { hasAgent, isAttachStuck } from '#core/instance/observed.ts';
import { attachStuck, report, type SlotPlan } from '#core/instance/slot-plan.ts';
import { canonicalJson } from '#core/json.ts';
import type {
  NetworkInterfaceAttachment as Attachment,
  NetworkInterface,
} from '#core/ports/cloud.ts';
import { withoutFamilies } from './addresses.ts';
import { driftOf } from './drift.ts';
import type { Filling } from './match.ts';
import { growthObstacles } from './obstacle.ts';
import { recordOf, releasingRecord } from './records.ts';
import { mayLeave } from './release.ts';
import { base, heldBack, waitFor, waiting } from './waits.ts';

const NEXT_LOOK_SECONDS = 15;

/** What differs, and the next of it that is mended now: not what waits, and not what was mended in this look and is not shown yet. */
const mending = (filling: Filling, eni: NetworkInterface) => {
  const refused = growthObstacles(filling, eni);
  const drifts = withoutFamilies(driftOf(filling.wish, eni, filling.record), refused);
  const due = drifts.filter((action) => waitFor(filling, purposeOf(action)) <= 0);
  const isMade = (action: InterfaceAction): boolean =>
    filling.observed.made?.has(canonicalJson(action)) === true;
  const [short] = Object.values(refused);
  return { drifts, short, action: due.find((action) => !isMade(action)) };
};

/** The same plan, and what differs on the ENI is mended while the slot waits for something else. */
export const mendingMeanwhile = (
  plan: SlotPlan,
  filling: Filling,
  eni: NetworkInterface,
): SlotPlan => {
  const { drifts, action } = mending(filling, eni);
  if (drifts.length === 0) return plan;
  return {
    ...plan,
    ...(action && { action }),
    needs: [...(plan.needs ?? []), ...drifts.map(purposeOf)],
  };
};

const isMisplaced = ({ wish }: Filling, attachment: Attachment): boolean =>
  wish.nodeEni.spec.deviceIndexPolicy === 'Require' && attachment.deviceIndex !== wish.askedIndex;

/** A required index is worth an interruption: the agent lets go, the ENI is detached and comes back where it belongs. */
const planMove = (
  filling: Filling,
  eni: NetworkInterface,
  { attachmentId }: Attachment,
): SlotPlan => {
  const { wish, record, seat, observed } = filling;
  const present = recordOf(wish, eni, record);
  if (seat !== undefined && 'fault' in seat)
    return {
      ...base(filling),
      record: present,
      report: report('Failed', seat.fault.reason, seat.fault.message),
    };
  // Where nobody may attach it, it is not taken off either.
  const held = (['attach', 'detach'] as const).find((purpose) => waitFor(filling, purpose) > 0);
  if (held !== undefined)
    return {
      ...heldBack(filling, held, waitFor(filling, held)),
      needs: [held],
      record: record ?? present,
    };
  const releasing = releasingRecord(record?.phase === 'Releasing' ? record : present, observed.now);
  const isFree = !hasAgent(observed) || mayLeave(wish.slot, releasing, observed);
  return {
    ...base(filling),
    ...(isFree && { action: { type: 'detach', slot: wish.slot, eniId: eni.eniId, attachmentId } }),
    record: releasing,
    report: report('Pending', 'Moving', `${eni.eniId} moves to device index ${wish.askedIndex}.`),
    ...(!isFree && { lookAgainSeconds: NEXT_LOOK_SECONDS }),
  };
};

/** What is left to do for an ENI that has its place, or gets it now. */
const planInPlace = (filling: Filling, eni: NetworkInterface): SlotPlan => {
  const { wish, record } = filling;
  const next = recordOf(wish, eni, record);
  const { drifts, short, action } = mending(filling, eni);
  const needs = drifts.map(purposeOf);
  const isThere = eni.attachment?.status === 'attached';
  const updating = {
    ...base(filling),
    needs,
    record: next,
    report: report('Pending', 'Updating', `${eni.eniId} is being brought in line with the spec.`),
  };
  if (action !== undefined) return { ...updating, action };
  const waits = needs
    .map((purpose) => ({ purpose, seconds: waitFor(filling, purpose) }))
    .filter(({ seconds }) => seconds > 0);
  const [first] = waits;
  const seconds = waits.length < needs.length ? [NEXT_LOOK_SECONDS] : [];
  if (first !== undefined)
    return {
      ...updating,
      ...heldBack(filling, first.purpose, first.seconds, isThere ? 'Attached' : 'Pending'),
      lookAgainSeconds: Math.max(1, Math.min(...seconds, ...waits.map((wait) => wait.seconds))),
    };
  if (needs.length > 0) return { ...updating, lookAgainSeconds: NEXT_LOOK_SECONDS };
  if (isThere && short !== undefined) {
    const { report: told, ...again } = short;
    return { ...base(filling), ...again, record: next, report: { ...told, phase: 'Attached' } };
  }
  return isThere
    ? {
        ...base(filling),
        record: next,
        report: report(
          'Attached',
          'Attached',
          `${eni.eniId} is attached at device index ${eni.attachment?.deviceIndex}.`,
        ),
      }
    : isAttachStuck(eni.attachment, filling.observed.now)
      ? { ...base(filling), record: next, report: attachStuck(eni.eniId) }
      : { ...waiting(filling, 'Attaching', `${eni.eniId} is being attached.`), record: next };
};

/** The next step for an ENI that is attached, or being attached. */
export const planAttached = (filling: Filling, eni: NetworkInterface): SlotPlan => {
  const { attachment } = eni;
  if (!attachment || !isMisplaced(filling, attachment) || filling.observed.isTerminating)
    return planInPlace(filling, eni);
  const move = planMove(filling, eni, attachment);
  return move.action === undefined ? mendingMeanwhile(move, filling, eni) : move;
};
