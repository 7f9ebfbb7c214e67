import { LABELS, promised } from '../labels.ts';
import { launchHookOf } from '../launch-hook.ts';
import type { Situation } from './situation.ts';

/** Longer than the interval between two sweeps, since only a sweep can find these launches. */
const TIMEOUT_SECONDS = 900;

/**
 * Instances are launched into warm pools and nobody hears of it (kubernetes/kops#11227), one that NodeENIs select and one that
 * they do not; later they go into service.
 */
export const warmLaunch: Situation = async (stage, { forSeconds }) => {
  const { autoScaling, trouble, clock, scalingGroups } = stage;
  const pool = { hooks: [launchHookOf(TIMEOUT_SECONDS)], hasWarmPool: true };
  scalingGroups.add({ name: 'warm', tags: promised(LABELS), ...pool });
  scalingGroups.add({ name: 'warm-plain', tags: promised({ ng: 'plain' }), ...pool }, 'never');
  trouble.silence(30);
  for (const name of ['warm', 'warm-plain']) autoScaling.setDesiredCapacity(name, 1);
  await clock.sleep(forSeconds * 1000);
  for (const name of ['warm', 'warm-plain'])
    for (const [instanceId, state] of autoScaling.states(name))
      if (state === 'Warmed:Stopped') autoScaling.leaveWarmPool(name, instanceId);
};
