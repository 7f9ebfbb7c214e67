import {
  ATTACH_UNSEEN_SECONDS,
  DETACH_STUCK_SECONDS,
  secondsSince,
} from '#core/instance/observed.ts';
import { detachStuck, report, type SlotPlan } from '#core/instance/slot-plan.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { mendingMeanwhile } from './attached.ts';
import { holderOf } from './device-index.ts';
import type { SlotInput } from './match.ts';
import { obstacle } from './obstacle.ts';
import { recordOf } from './records.ts';
import { base, heldBack, waitFor, waiting } from './waits.ts';

/** The next step of an ENI that is attached nowhere. */
export const planAttach = (slotInput: SlotInput, eni: NetworkInterface): SlotPlan => {
  const { desired, record, allocation, observed } = slotInput;
  const kept = recordOf(desired, eni, record);
  const meanwhile = (plan: SlotPlan) => mendingMeanwhile({ record: kept, ...plan }, slotInput, eni);
  const waitSeconds = waitFor(slotInput, 'attach');
  if (waitSeconds > 0)
    return meanwhile({ ...heldBack(slotInput, 'attach', waitSeconds), needs: ['attach'] });
  const blocked = obstacle(slotInput);
  if (blocked !== undefined) return meanwhile({ ...base(slotInput), ...blocked });
  const acceptedAt = record?.attachAcceptedAt;
  if (secondsSince(acceptedAt, observed.now) < ATTACH_UNSEEN_SECONDS)
    return meanwhile({
      ...waiting(slotInput, 'NotVisibleYet', `EC2 attaches ${eni.eniId} and does not show it yet.`),
      record: { ...kept, attachAcceptedAt: acceptedAt },
    });
  if (observed.instance?.state === 'pending' || allocation === undefined || 'fault' in allocation)
    return meanwhile(
      waiting(
        slotInput,
        'InstancePending',
        'EC2 attaches nothing to an instance that is still pending.',
      ),
    );
  const place = {
    deviceIndex: allocation.deviceIndex,
    networkCardIndex: desired.nodeEni.spec.networkCardIndex ?? 0,
  };
  const holder = observed.instance && holderOf(observed.instance, place);
  if (holder !== undefined && holder !== eni.eniId)
    return meanwhile(
      waiting(
        slotInput,
        'Detaching',
        `${eni.eniId} is attached at index ${place.deviceIndex} once ${holder} has left it.`,
      ),
    );
  return {
    ...base(slotInput),
    action: {
      type: 'attach',
      slot: desired.slot,
      eniId: eni.eniId,
      ...place,
    },
    record: kept,
    report: report('Pending', 'Attaching', `${eni.eniId} is being attached.`),
  };
};

/** The next step of an ENI that is being detached: somebody detaches it, or it is on its way to another index: it is attached again after that, unless the detachment hangs. */
export const planDetaching = (slotInput: SlotInput, { eniId }: NetworkInterface): SlotPlan => {
  const { desired, record, observed } = slotInput;
  const kept = record ?? recordOf(desired, slotInput.eni, record);
  const { detachingSince = observed.now.toISOString() } = kept;
  const noted = { ...kept, detachingSince };
  if (secondsSince(detachingSince, observed.now) >= DETACH_STUCK_SECONDS)
    return { ...base(slotInput), record: noted, report: detachStuck(eniId) };
  const words = `${eniId} is being detached; it is attached again after that.`;
  return { ...waiting(slotInput, 'Detaching', words), record: noted };
};
