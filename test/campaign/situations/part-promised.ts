import { promised } from '../labels.ts';
import { launchHookOf } from '../launch-hook.ts';
import type { Situation } from './situation.ts';

const NAME = 'part-promised';

/** A group promises some labels of its nodes; kubelet brings the others, while the launch hook waits (autoscaler#8973). */
export const partPromised: Situation = (stage, { position }) => {
  stage.scalingGroups.add(
    {
      name: NAME,
      tags: promised({ team: 'payments' }),
      hooks: [launchHookOf(stage.heartbeatTimeoutSeconds)],
    },
    'while-waiting',
  );
  stage.autoScaling.setDesiredCapacity(NAME, 1 + (position % 2));
};
