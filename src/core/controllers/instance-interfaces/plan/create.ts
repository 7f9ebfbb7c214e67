import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { CreateParameters, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/instance/observed.ts';
import { secondsSince, VISIBILITY_SECONDS } from '#core/instance/observed.ts';
import { report, type SlotPlan } from '#core/instance/slot-plan.ts';
import type { AddressCounts } from '#core/ports/cloud.ts';
import { absenceOf } from './absence.ts';
import { countsToCreate, withoutPrefixes } from './addresses.ts';
import type { DesiredInterface } from './desired.ts';
import { tagsAtCreation } from './eni-tags.ts';
import type { SlotInput } from './match.ts';
import { obstacle } from './obstacle.ts';
import { lastTryOf, recordOf } from './records.ts';
import { base, heldBack, setbackFor, waitFor, waiting } from './waits.ts';

/** How exactly the time of the last create call is kept: a call that waits for its budget needs no write each reconcile. */
const TRY_NOTE_SECONDS = 60;

const wasRefused = (slotInput: SlotInput): boolean =>
  setbackFor(slotInput, 'create')?.isRefusal === true;

const isRefusedForEarlierSpec = (slotInput: SlotInput): boolean =>
  wasRefused(slotInput) &&
  setbackFor(slotInput, 'create')?.nodeEniGeneration !==
    slotInput.desired.nodeEni.metadata.generation;

/** True when the recorded call has left nothing behind: EC2 named its ENI or refused it, and had time to show one. */
const hasLeftNothing = (
  slotInput: SlotInput,
  record: SlotSpec | undefined,
  isTooSoon: boolean,
): boolean =>
  (record?.eniId !== undefined || wasRefused(slotInput)) &&
  // Of a call that was refused at its first try there is no record.
  (record?.create === undefined || !isTooSoon);

/** A subnet without a free block gives no ENI with a prefix, and may give one without. */
const countsFor = (slotInput: SlotInput): AddressCounts =>
  setbackFor(slotInput, 'create')?.reason === 'SubnetFragmented'
    ? withoutPrefixes(slotInput.desired)
    : countsToCreate(slotInput.desired);

const withoutCall = ({ create: _create, ...record }: SlotSpec): SlotSpec => record;

/**
 * The next step towards a missing ENI. The first reconcile records the parameters, and only then is the call made; later
 * reconciles replay the record. A new incarnation is begun only when the last one is known to have left nothing behind:
 * EC2 refused its very first call, or has shown its ENI and shows it no more, or named its ENI or refused it later and shows
 * nothing although the last try is long enough ago.
 */
export const planCreate = (slotInput: SlotInput): SlotPlan => {
  const { desired, record, observed } = slotInput;
  const age = secondsSince(lastTryOf(record), observed.now);
  const freshSeconds = VISIBILITY_SECONDS + TRY_NOTE_SECONDS - age;
  const isTooSoon = freshSeconds > 0;
  const absence = absenceOf(record, observed);
  if (absence !== undefined && !absence.isCertain)
    return {
      ...waiting(slotInput, 'NotVisibleYet', `EC2 does not show ${record?.eniId} any more.`),
      record: absence.record,
      requeueAfterSeconds: absence.requeueAfterSeconds,
    };
  if (absence === undefined && record?.eniId !== undefined && isTooSoon)
    return waiting(slotInput, 'NotVisibleYet', `EC2 does not show ${record.eniId} yet.`);
  const blocked = obstacle(slotInput);
  // The describe tells of it by now, and will tell when there is room again: what EC2 said holds back nothing more.
  const isShown = [blocked?.report?.reason, setbackFor(slotInput, 'create')?.reason].every(
    (reason) => reason === 'SubnetFull',
  );
  if (isShown && record !== undefined && hasLeftNothing(slotInput, record, isTooSoon))
    return { ...base(slotInput), ...blocked, record: withoutCall(record), needs: [] };
  const waitSeconds = waitFor(slotInput, 'create');
  if (waitSeconds > 0) return heldBack(slotInput, 'create', waitSeconds);
  // What was set right is asked for in a call of its own, once the one before can have left nothing behind.
  const isEdited = isRefusedForEarlierSpec(slotInput) && record?.create !== undefined;
  if (isEdited && isTooSoon) return heldBack(slotInput, 'create', freshSeconds);

  if (blocked !== undefined) return { ...base(slotInput), ...blocked };

  const isOver = absence !== undefined || hasLeftNothing(slotInput, record, isTooSoon);
  const replayed = isOver ? undefined : record?.create;
  const parameters =
    replayed ?? creationFor(desired, observed, lastTryOf(record), countsFor(slotInput));
  return {
    ...base(slotInput),
    action: { type: 'create', slot: desired.slot, parameters },
    record: {
      ...recordOf(desired, undefined, record, parameters),
      createTriedAt: age < TRY_NOTE_SECONDS ? lastTryOf(record) : observed.now.toISOString(),
    },
    report: report('Pending', 'Creating', 'The ENI is being created.'),
  };
};

/** The description of an ENI; of a NodeENI that gives none, one that names it and is cut at the name if it is too long. */
export const descriptionFor = ({ nodeEni }: DesiredInterface, instanceId: string): string => {
  const { spec, metadata } = nodeEni;
  if (spec.description !== undefined) return spec.description;
  const [before, after] = ['NodeENI ', ` on ${instanceId}`];
  const room = DESCRIPTION_LIMIT - before.length - after.length;
  return `${before}${metadata.name.slice(0, room)}${after}`;
};

// 64 characters, which is all CreateNetworkInterface takes ("Ensuring idempotency", EC2 API Reference).
const clientTokenFor = (parts: readonly string[]): string =>
  bytesToHex(sha256(utf8ToBytes(parts.join('\n'))));

/** Later than the last try, so that a new incarnation has a new token even within one reconcile. */
const incarnationAfter = (lastTry: string | undefined, now: Date): string => {
  const last = Date.parse(lastTry ?? '');
  return new Date(Number.isNaN(last) ? now : Math.max(now.getTime(), last + 1)).toISOString();
};

/**
 * The parameters of the one create call for this slot and incarnation. They are recorded before the call, and a
 * retry replays the record, never this function: a token with other parameters is refused.
 */
export const creationFor = (
  desired: DesiredInterface,
  observed: Observed,
  lastTry?: string,
  counts: AddressCounts = countsToCreate(desired),
): CreateParameters => {
  const { nodeEni, subnet } = desired;
  const { cluster, instanceId, now } = observed;
  const { uid } = nodeEni.metadata;
  const incarnation = incarnationAfter(lastTry, now);
  return {
    incarnation,
    clientToken: clientTokenFor([
      cluster.name,
      cluster.uid,
      uid,
      instanceId,
      subnet.subnetId,
      incarnation,
    ]),
    subnetId: subnet.subnetId,
    groupIds: [...desired.groupIds],
    description: descriptionFor(desired, instanceId),
    tags: tagsAtCreation(desired, observed, incarnation),
    ...counts,
  };
};

/** EC2 takes 255 characters, as the schema says of the field; the name of an object may have 253 of its own. */
const DESCRIPTION_LIMIT = 255;
