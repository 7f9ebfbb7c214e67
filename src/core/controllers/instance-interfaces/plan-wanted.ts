import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type {
  NetworkInterfaceAttachment as Attachment,
  NetworkInterface,
} from '#core/ports/cloud.ts';
import { creationFor } from './creation.ts';
import { driftOf } from './drift.ts';
import type { Filling } from './fill.ts';
import { ATTACH_UNSEEN_SECONDS, hasAgent, secondsSince, VISIBILITY_SECONDS } from './observed.ts';
import { obstacle } from './obstacle.ts';
import { mayLeave } from './plan-release.ts';
import { lastTryOf, recordOf, releasingRecord } from './records.ts';
import { report, type SlotPlan } from './slot-plan.ts';

const NEXT_LOOK_SECONDS = 15;

/** How exactly the time of the last create call is kept: a call that waits for its budget needs no write each look. */
const TRY_NOTE_SECONDS = 60;

const base = ({ wish }: Filling) => ({ slot: wish.slot, nodeEni: wish.nodeEni.metadata.name });

/** Seconds that a refused call waits still. None for a NodeENI that was edited since: a person may have set it right. */
const backOffSeconds = ({ wish, record, observed }: Filling): number => {
  if (record?.backOff === undefined) return 0;
  const { until, nodeEniGeneration } = record.backOff;
  const { generation } = wish.nodeEni.metadata;
  return generation === nodeEniGeneration ? -secondsSince(until, observed.now) : 0;
};

const isRefusedForEarlierSpec = ({ wish, record }: Filling): boolean =>
  record?.backOff?.isRefusal === true &&
  record.backOff.nodeEniGeneration !== wish.nodeEni.metadata.generation;

const backingOff = (filling: Filling, seconds: number): SlotPlan => {
  const { reason = 'Error', message = '' } = filling.record?.backOff ?? {};
  return {
    ...base(filling),
    report: report('Failed', reason, message),
    lookAgainSeconds: Math.max(1, seconds),
  };
};

const waiting = (filling: Filling, reason: string, message: string): SlotPlan => ({
  ...base(filling),
  report: report('Pending', reason, message),
  lookAgainSeconds: NEXT_LOOK_SECONDS,
});

/**
 * The next step towards a missing ENI. The first look records the parameters, and only then is the call made; later
 * looks replay the record. A new incarnation is begun only when the last one is known to have left nothing behind:
 * EC2 named its ENI or refused the call, and shows nothing although the last try is long enough ago.
 */
const planCreate = (filling: Filling): SlotPlan => {
  const { wish, record, observed } = filling;
  const age = secondsSince(lastTryOf(record), observed.now);
  const freshSeconds = VISIBILITY_SECONDS + TRY_NOTE_SECONDS - age;
  const isTooSoon = freshSeconds > 0;
  if (record?.eniId !== undefined && isTooSoon)
    return waiting(filling, 'NotVisibleYet', `EC2 does not show ${record.eniId} yet.`);
  const waitSeconds = backOffSeconds(filling);
  if (waitSeconds > 0) return backingOff(filling, waitSeconds);
  // What was set right is asked for in a call of its own, once the one before can have left nothing behind.
  const isEdited = isRefusedForEarlierSpec(filling);
  if (isEdited && isTooSoon) return backingOff(filling, freshSeconds);

  const blocked = obstacle(filling);
  if (blocked !== undefined) return { ...base(filling), ...blocked };

  const hasAnswer = record?.eniId !== undefined || record?.backOff?.isRefusal === true;
  const hasLeftNothing = hasAnswer && !isTooSoon;
  const replayed = hasLeftNothing ? undefined : record?.create;
  const parameters = replayed ?? creationFor(wish, observed, lastTryOf(record));
  return {
    ...base(filling),
    action: { type: 'create', slot: wish.slot, parameters },
    record: {
      ...recordOf(wish, undefined, record, parameters),
      createTriedAt: age < TRY_NOTE_SECONDS ? lastTryOf(record) : observed.now.toISOString(),
    },
    report: report('Pending', 'Creating', 'The ENI is being created.'),
  };
};

const planAttach = (filling: Filling, eni: NetworkInterface): SlotPlan => {
  const { wish, record, seat, observed } = filling;
  const waitSeconds = backOffSeconds(filling);
  if (waitSeconds > 0) return backingOff(filling, waitSeconds);
  const blocked = obstacle(filling);
  const kept = recordOf(wish, eni, record);
  if (blocked !== undefined) return { ...base(filling), record: kept, ...blocked };
  const acceptedAt = record?.attachAcceptedAt;
  if (secondsSince(acceptedAt, observed.now) < ATTACH_UNSEEN_SECONDS)
    return {
      ...waiting(filling, 'NotVisibleYet', `EC2 attaches ${eni.eniId} and does not show it yet.`),
      record: { ...kept, attachAcceptedAt: acceptedAt },
    };
  if (observed.instance?.state === 'pending' || seat === undefined || 'fault' in seat)
    return {
      ...waiting(
        filling,
        'InstancePending',
        'EC2 attaches nothing to an instance that is still pending.',
      ),
      record: kept,
    };
  return {
    ...base(filling),
    action: {
      type: 'attach',
      slot: wish.slot,
      eniId: eni.eniId,
      deviceIndex: seat.deviceIndex,
      networkCardIndex: wish.nodeEni.spec.networkCardIndex ?? 0,
    },
    record: kept,
    report: report('Pending', 'Attaching', `${eni.eniId} is being attached.`),
  };
};

const isMisplaced = ({ wish }: Filling, attachment: Attachment): boolean =>
  wish.nodeEni.spec.deviceIndexPolicy === 'Require' && attachment.deviceIndex !== wish.askedIndex;

/** A required index is worth an interruption: the agent lets go, the ENI is detached and comes back where it belongs. */
const planMove = (
  filling: Filling,
  eni: NetworkInterface,
  { attachmentId }: Attachment,
  record: SlotSpec,
): SlotPlan => {
  const { wish, seat, observed } = filling;
  if (seat !== undefined && 'fault' in seat)
    return {
      ...base(filling),
      record,
      report: report('Failed', seat.fault.reason, seat.fault.message),
    };
  const releasing = releasingRecord(
    filling.record?.phase === 'Releasing' ? filling.record : record,
    observed.now,
  );
  const isFree = !hasAgent(observed) || mayLeave(wish.slot, releasing, observed);
  return {
    ...base(filling),
    ...(isFree
      ? { action: { type: 'detach', slot: wish.slot, eniId: eni.eniId, attachmentId } }
      : {}),
    record: releasing,
    report: report('Pending', 'Moving', `${eni.eniId} moves to device index ${wish.askedIndex}.`),
    ...(isFree ? {} : { lookAgainSeconds: NEXT_LOOK_SECONDS }),
  };
};

const planAttached = (filling: Filling, eni: NetworkInterface): SlotPlan => {
  const { wish, record, observed } = filling;
  const next = recordOf(wish, eni, record);
  const { attachment } = eni;
  if (attachment && isMisplaced(filling, attachment) && !observed.isTerminating)
    return planMove(filling, eni, attachment, next);

  const [action] = driftOf(wish, eni, record);
  const attached = report(
    'Attached',
    'Attached',
    `${eni.eniId} is attached at device index ${eni.attachment?.deviceIndex}.`,
  );
  const isThere = eni.attachment?.status === 'attached';
  if (action === undefined) {
    if (isThere) return { ...base(filling), record: next, report: attached };
    return { ...waiting(filling, 'Attaching', `${eni.eniId} is being attached.`), record: next };
  }
  const waitSeconds = backOffSeconds(filling);
  if (waitSeconds > 0) {
    const { reason, message } = record?.backOff ?? attached;
    const phase = isThere ? 'Attached' : 'Pending';
    return { ...backingOff(filling, waitSeconds), report: report(phase, reason, message) };
  }
  return {
    ...base(filling),
    action,
    // The old tags stay recorded until those taken out of the spec are off the ENI.
    record: { ...next, userTags: record?.userTags ?? next.userTags },
    report: report('Pending', 'Updating', `${eni.eniId} is being brought in line with the spec.`),
  };
};

/** The next step towards a wanted interface. */
export const planWanted = (filling: Filling): SlotPlan => {
  const { eni } = filling;
  if (eni === undefined) return planCreate(filling);
  if (eni.status === 'available') return planAttach(filling, eni);
  if (eni.attachment?.status === 'detaching' || eni.status === 'detaching')
    return waiting(
      filling,
      'Detaching',
      `${eni.eniId} is being detached; it is attached again after that.`,
    );
  return planAttached(filling, eni);
};
