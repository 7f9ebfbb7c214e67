import type { Filling } from './fill.ts';
import { report, type SlotPlan } from './slot-plan.ts';

/** Addresses become free without anybody telling. */
const FULL_LOOK_SECONDS = 60;

/** Why a slot cannot have its interface now, and when that may have changed by itself. */
export type Obstacle = Pick<SlotPlan, 'report' | 'lookAgainSeconds'>;

const failed = (reason: string, message: string): Obstacle => ({
  report: report('Failed', reason, message),
});

/** What keeps an interface from being made or attached, known before any call. */
export const obstacle = ({ wish, seat, observed, eni }: Filling): Obstacle | undefined => {
  const { instance, isTerminating } = observed;
  if (instance?.operator !== undefined)
    return failed(
      'UnsupportedNode',
      `${instance.instanceId} is managed by ${instance.operator}, which lets nobody else attach interfaces.`,
    );
  if (isTerminating || !['pending', 'running', 'stopped'].includes(instance?.state ?? ''))
    return {
      report: report('Pending', 'InstanceEnding', 'The instance is stopping or terminating.'),
    };
  if (seat !== undefined && 'fault' in seat) return failed(seat.fault.reason, seat.fault.message);
  if (eni === undefined && wish.subnet.availableAddresses <= 0)
    return {
      ...failed(
        'SubnetFull',
        `${wish.subnet.subnetId} has no free address. Free some or use another subnet.`,
      ),
      lookAgainSeconds: FULL_LOOK_SECONDS,
    };
  return undefined;
};
