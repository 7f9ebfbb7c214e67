import {
  ATTACH_UNSEEN_SECONDS,
  DETACH_STUCK_SECONDS,
  secondsSince,
} from '#core/instance/observed.ts';
import { detachStuck, report, type SlotPlan } from '#core/instance/slot-plan.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { mendingMeanwhile, planAttached } from './attached.ts';
import { planCreate } from './create.ts';
import type { Filling } from './match.ts';
import { obstacle } from './obstacle.ts';
import { recordOf } from './records.ts';
import { base, heldBack, waitFor, waiting } from './waits.ts';

const planAttach = (filling: Filling, eni: NetworkInterface): SlotPlan => {
  const { wish, record, seat, observed } = filling;
  const kept = recordOf(wish, eni, record);
  const meanwhile = (plan: SlotPlan) => mendingMeanwhile({ record: kept, ...plan }, filling, eni);
  const waitSeconds = waitFor(filling, 'attach');
  if (waitSeconds > 0)
    return meanwhile({ ...heldBack(filling, 'attach', waitSeconds), needs: ['attach'] });
  const blocked = obstacle(filling);
  if (blocked !== undefined) return meanwhile({ ...base(filling), ...blocked });
  const acceptedAt = record?.attachAcceptedAt;
  if (secondsSince(acceptedAt, observed.now) < ATTACH_UNSEEN_SECONDS)
    return meanwhile({
      ...waiting(filling, 'NotVisibleYet', `EC2 attaches ${eni.eniId} and does not show it yet.`),
      record: { ...kept, attachAcceptedAt: acceptedAt },
    });
  if (observed.instance?.state === 'pending' || seat === undefined || 'fault' in seat)
    return meanwhile(
      waiting(
        filling,
        'InstancePending',
        'EC2 attaches nothing to an instance that is still pending.',
      ),
    );
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

/** Somebody detaches it, or it is on its way to another index: it is attached again after that, unless the detachment hangs. */
const planDetaching = (filling: Filling, { eniId }: NetworkInterface): SlotPlan => {
  const { wish, record, observed } = filling;
  const kept = record ?? recordOf(wish, filling.eni, record);
  const { detachingSince = observed.now.toISOString() } = kept;
  const noted = { ...kept, detachingSince };
  if (secondsSince(detachingSince, observed.now) >= DETACH_STUCK_SECONDS)
    return { ...base(filling), record: noted, report: detachStuck(eniId) };
  const words = `${eniId} is being detached; it is attached again after that.`;
  return { ...waiting(filling, 'Detaching', words), record: noted };
};

/** The next step towards a wanted interface. */
export const planWanted = (filling: Filling): SlotPlan => {
  const { eni } = filling;
  if (eni === undefined) return planCreate(filling);
  if (eni.status === 'available') return planAttach(filling, eni);
  if (eni.attachment?.status === 'detaching' || eni.status === 'detaching')
    return planDetaching(filling, eni);
  return planAttached(filling, eni);
};
