import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Slot, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isReleased } from '#core/host-report.ts';
import type { Purpose } from '#core/instance/interface-action.ts';
import {
  DETACH_STUCK_SECONDS,
  hasAgent,
  isAttachStuck,
  isGone,
  type Observed,
  ORPHAN_CONFIRM_SECONDS,
  RELEASE_TIMEOUT_SECONDS,
  secondsSince,
  VISIBILITY_SECONDS,
} from '#core/instance/observed.ts';
import { isStillOffered } from '#core/instance/pod-network.ts';
import { isAskedAgain } from '#core/instance/setback.ts';
import { attachStuck, detachStuck, report, type SlotPlan } from '#core/instance/slot-plan.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { REQUEUE_SECONDS } from '#core/requeue.ts';
import { absenceOf } from './absence.ts';
import { lastTryOf, releasingRecord, withGeneration } from './records.ts';
import { secondsLeft, setbackOf } from './setbacks.ts';

interface Leaving {
  readonly slot: Slot;
  readonly nodeEni: string;
  readonly eni: NetworkInterface | undefined;
  readonly record: SlotSpec | undefined;
  readonly observed: Observed;
  /** True when another ENI holds the slot: nobody wants this one kept. */
  readonly isSurplus?: boolean;
}

const base = ({ slot, nodeEni }: Leaving) => ({ slot, nodeEni });

/** True when the agent has let go of exactly this ENI in this generation, and no pod is sent to it any more, or its time is up. */
export const mayLeave = (slot: Slot, record: SlotSpec, { state, node, now }: Observed): boolean =>
  (isReleased(state?.status?.host?.[slot], record) && !isStillOffered(record, state, node)) ||
  secondsSince(record.releasingSince ?? now.toISOString(), now) >= RELEASE_TIMEOUT_SECONDS;

const waiting = (
  leaving: Leaving,
  reason: string,
  message: string,
  record?: SlotSpec,
): SlotPlan => ({
  ...base(leaving),
  ...(record === undefined ? {} : { record }),
  report: report('Releasing', reason, message),
  requeueAfterSeconds: REQUEUE_SECONDS,
});

const heldBack = (leaving: Leaving, purpose: Purpose): SlotPlan | undefined => {
  const { slot, record, observed } = leaving;
  const setback = setbackOf(slot, purpose, record, observed);
  if (setback === undefined) return undefined;
  const nodeEni = observed.nodeEnis.find(({ metadata }) => metadata.name === leaving.nodeEni);
  const left = isAskedAgain(setback, nodeEni) ? 0 : secondsLeft(setback, observed);
  if (left <= 0) return undefined;
  const { reason, message } = setback;
  return {
    ...base(leaving),
    report: report('Releasing', reason, message),
    requeueAfterSeconds: left,
  };
};

/** Nothing in EC2: the slot is forgotten once its ENI is known to be gone, or a create that may still be on its way would have shown up. */
const planForget = (leaving: Leaving): SlotPlan => {
  const isDeleted = leaving.observed.deletedSlots.includes(leaving.slot);
  const absence = absenceOf(leaving.record, leaving.observed);
  if (!isDeleted && absence !== undefined && !absence.isCertain)
    return {
      ...waiting(leaving, 'NotVisibleYet', 'EC2 does not show the ENI any more.', absence.record),
      requeueAfterSeconds: absence.requeueAfterSeconds,
    };
  const age = secondsSince(lastTryOf(leaving.record), leaving.observed.now);
  if (!isDeleted && !absence && leaving.record?.create !== undefined && age < VISIBILITY_SECONDS)
    return waiting(leaving, 'NotVisibleYet', 'EC2 may still show an ENI that was just created.');
  return { ...base(leaving), record: null };
};

const ownTags = ({ tags }: NetworkInterface): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.values(TAGS).flatMap((key) => (tags[key] === undefined ? [] : [[key, tags[key]]])),
  );

const planGiveUp = (leaving: Leaving, eni: NetworkInterface): SlotPlan =>
  heldBack(leaving, 'give-up') ?? {
    ...base(leaving),
    action: { type: 'give-up', slot: leaving.slot, eniId: eni.eniId, tags: ownTags(eni) },
    report: report(
      'Failed',
      'AttachedElsewhere',
      `${eni.eniId} was attached to ${eni.attachment?.instanceId} by someone else and is given up.`,
    ),
  };

/** An ENI without a record and without a living owner waits for the sweep's two sightings. */
const isUnconfirmedOrphan = ({ record, eni, observed }: Leaving): boolean => {
  if (record !== undefined || eni === undefined) return false;
  const isOwned = observed.nodeEnis.some(({ metadata }) => metadata.uid === eni.tags[TAGS.uid]);
  const sighted = eni.tags[TAGS.orphanSince];
  return (
    !isOwned &&
    (sighted === undefined || secondsSince(sighted, observed.now) < ORPHAN_CONFIRM_SECONDS)
  );
};

const planDelete = (leaving: Leaving, eni: NetworkInterface): SlotPlan => {
  if (isUnconfirmedOrphan(leaving)) return base(leaving);
  return (
    heldBack(leaving, 'delete') ?? {
      ...base(leaving),
      action: { type: 'delete', slot: leaving.slot, eniId: eni.eniId },
      report: report('Releasing', 'Deleting', `${eni.eniId} is being deleted.`),
    }
  );
};

const synthesized = (eni: NetworkInterface): SlotSpec =>
  withGeneration(
    {
      nodeEniUid: eni.tags[TAGS.uid] ?? '',
      subnetId: eni.subnetId,
      phase: 'Present',
      eniId: eni.eniId,
      macAddress: eni.macAddress,
      isSeen: true,
    },
    undefined,
  );

const planDetach = (leaving: Leaving, eni: NetworkInterface, attachmentId: string): SlotPlan => {
  const { slot, observed } = leaving;
  const record = releasingRecord(leaving.record ?? synthesized(eni), observed.now);
  const blocked = heldBack(leaving, 'detach');
  if (blocked !== undefined) return blocked;
  if (!['running', 'stopped'].includes(observed.instance?.state ?? ''))
    return waiting(
      leaving,
      'InstanceBusy',
      'EC2 detaches only from running or stopped instances.',
      record,
    );
  if (hasAgent(observed) && !mayLeave(slot, record, observed)) {
    const holder = observed.state?.status?.host?.[slot]?.inUseBy;
    return waiting(
      leaving,
      holder === undefined ? 'WaitingForHost' : 'InUse',
      holder === undefined
        ? 'The agent is letting go of the link.'
        : `${holder} still uses the link.`,
      record,
    );
  }
  return {
    ...base(leaving),
    action: { type: 'detach', slot, eniId: eni.eniId, attachmentId },
    record,
    report: report('Releasing', 'Detaching', `${eni.eniId} is being detached.`),
  };
};

const planDetaching = (leaving: Leaving, eni: NetworkInterface): SlotPlan => {
  const { record, observed } = leaving;
  const since = record?.releasingSince ?? observed.now.toISOString();
  if (secondsSince(since, observed.now) < DETACH_STUCK_SECONDS)
    return waiting(leaving, 'Detaching', `${eni.eniId} is being detached.`);
  return { ...base(leaving), report: detachStuck(eni.eniId) };
};

const isRetained = ({ record, eni, observed, isSurplus = false }: Leaving): boolean => {
  if (isSurplus) return false;
  const uid = record?.nodeEniUid ?? eni?.tags[TAGS.uid];
  const owner = observed.nodeEnis.find(({ metadata }) => metadata.uid === uid);
  return (
    owner !== undefined &&
    owner.metadata.deletionTimestamp === undefined &&
    !owner.spec.deleteOnTermination
  );
};

const planRetained = (leaving: Leaving, eni: NetworkInterface): SlotPlan => ({
  ...base(leaving),
  record: leaving.record ?? synthesized(eni),
  report: report(
    'Retained',
    'Retained',
    `${eni.eniId} outlived ${leaving.observed.instanceId} (deleteOnTermination: false). It goes with the NodeENI, or by nodeeni gc --retained.`,
  ),
});

/** The next step towards an interface that is no longer wanted, or whose instance is gone. */
export const planRelease = (leaving: Leaving): SlotPlan => {
  const { eni, observed } = leaving;
  if (eni === undefined) return planForget(leaving);

  const { attachment } = eni;
  if (attachment === undefined || attachment.status === 'detached')
    return isGone(observed) && isRetained(leaving)
      ? planRetained(leaving, eni)
      : planDelete(leaving, eni);
  if (attachment.instanceId !== observed.instanceId) return planGiveUp(leaving, eni);
  if (isGone(observed))
    return waiting(leaving, 'InstanceEnding', 'The instance has ended; EC2 is cleaning up.');
  if (attachment.status === 'detaching') return planDetaching(leaving, eni);
  if (isAttachStuck(attachment, observed.now))
    return { ...base(leaving), report: attachStuck(eni.eniId) };
  if (attachment.status === 'attaching')
    return waiting(
      leaving,
      'Attaching',
      `${eni.eniId} is still being attached; it is detached after that.`,
    );
  return planDetach(leaving, eni, attachment.attachmentId);
};
