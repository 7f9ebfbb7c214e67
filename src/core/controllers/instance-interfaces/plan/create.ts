import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { secondsSince, VISIBILITY_SECONDS } from '#core/instance/observed.ts';
import { report, type SlotPlan } from '#core/instance/slot-plan.ts';
import { absenceOf } from './absence.ts';
import { creationFor } from './creation.ts';
import type { Filling } from './match.ts';
import { obstacle } from './obstacle.ts';
import { lastTryOf, recordOf } from './records.ts';
import { base, heldBack, setbackFor, waitFor, waiting } from './waits.ts';

/** How exactly the time of the last create call is kept: a call that waits for its budget needs no write each look. */
const TRY_NOTE_SECONDS = 60;

const wasRefused = (filling: Filling): boolean => setbackFor(filling, 'create')?.isRefusal === true;

const isRefusedForEarlierSpec = (filling: Filling): boolean =>
  wasRefused(filling) &&
  setbackFor(filling, 'create')?.nodeEniGeneration !== filling.wish.nodeEni.metadata.generation;

/** True when the recorded call has left nothing behind: EC2 named its ENI or refused it, and had time to show one. */
const hasLeftNothing = (
  filling: Filling,
  record: SlotSpec | undefined,
  isTooSoon: boolean,
): boolean =>
  (record?.eniId !== undefined || wasRefused(filling)) &&
  // Of a call that was refused at its first try there is no record.
  (record?.create === undefined || !isTooSoon);

const withoutCall = ({ create: _create, ...record }: SlotSpec): SlotSpec => record;

/**
 * The next step towards a missing ENI. The first look records the parameters, and only then is the call made; later
 * looks replay the record. A new incarnation is begun only when the last one is known to have left nothing behind:
 * EC2 refused its very first call, or has shown its ENI and shows it no more, or named its ENI or refused it later and shows
 * nothing although the last try is long enough ago.
 */
export const planCreate = (filling: Filling): SlotPlan => {
  const { wish, record, observed } = filling;
  const age = secondsSince(lastTryOf(record), observed.now);
  const freshSeconds = VISIBILITY_SECONDS + TRY_NOTE_SECONDS - age;
  const isTooSoon = freshSeconds > 0;
  const absence = absenceOf(record, observed);
  if (absence !== undefined && !absence.isCertain)
    return {
      ...waiting(filling, 'NotVisibleYet', `EC2 does not show ${record?.eniId} any more.`),
      record: absence.record,
      lookAgainSeconds: absence.lookAgainSeconds,
    };
  if (absence === undefined && record?.eniId !== undefined && isTooSoon)
    return waiting(filling, 'NotVisibleYet', `EC2 does not show ${record.eniId} yet.`);
  const blocked = obstacle(filling);
  // The describe tells of it by now, and will tell when there is room again: what EC2 said holds back nothing more.
  const isShown = [blocked?.report?.reason, setbackFor(filling, 'create')?.reason].every(
    (reason) => reason === 'SubnetFull',
  );
  if (isShown && record !== undefined && hasLeftNothing(filling, record, isTooSoon))
    return { ...base(filling), ...blocked, record: withoutCall(record), needs: [] };
  const waitSeconds = waitFor(filling, 'create');
  if (waitSeconds > 0) return heldBack(filling, 'create', waitSeconds);
  // What was set right is asked for in a call of its own, once the one before can have left nothing behind.
  const isEdited = isRefusedForEarlierSpec(filling) && record?.create !== undefined;
  if (isEdited && isTooSoon) return heldBack(filling, 'create', freshSeconds);

  if (blocked !== undefined) return { ...base(filling), ...blocked };

  const isOver = absence !== undefined || hasLeftNothing(filling, record, isTooSoon);
  const replayed = isOver ? undefined : record?.create;
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
