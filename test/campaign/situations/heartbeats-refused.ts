import { GROUP } from '../stage.ts';
import type { Situation } from './situation.ts';

/**
 * Heartbeats are refused while an instance is launched (aws-node-termination-handler#1174). No trouble: what is attached within
 * seconds needs none.
 */
export const heartbeatsRefused: Situation = (
  { trouble, clock, autoScaling },
  { forSeconds, way },
) => {
  trouble.refuse({
    untilMs: clock.now().getTime() + forSeconds * 1000,
    isHarmless: true,
    autoScaling: (action) =>
      action === 'RecordLifecycleActionHeartbeat'
        ? { code: way < 0.5 ? 'ThrottlingException' : 'AccessDenied' }
        : undefined,
  });
  autoScaling.setDesiredCapacity(GROUP, autoScaling.states(GROUP).size + 1);
};
