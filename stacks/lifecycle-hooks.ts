import { hookMetadata } from './hook-metadata.ts';
import type { Options } from './options.ts';
import type { Scope } from './scope.ts';

/** Which end of an instance's life a hook stands at. */
const TRANSITIONS = {
  launch: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  terminate: 'autoscaling:EC2_INSTANCE_TERMINATING',
} as const;

/**
 * A launch and a terminate hook for each group of the options. Instances that run already are not affected. Should
 * nobody complete a launch, the choice of the options applies; an instance ends in any case.
 */
export const createLifecycleHooks = (
  { logical, child }: Scope,
  options: Pick<Options, 'clusterName' | 'hooks' | 'scalingGroups'>,
): void => {
  const { scalingGroups, hooks } = options;
  for (const groupName of scalingGroups.names)
    for (const [end, lifecycleTransition] of Object.entries(TRANSITIONS))
      new aws.autoscaling.LifecycleHook(
        logical(`${groupName}-${end}`),
        {
          // A hook's name takes no dot.
          name: `nodeeni-${options.clusterName.replaceAll('.', '-')}-${end}`,
          autoscalingGroupName: groupName,
          lifecycleTransition,
          heartbeatTimeout: hooks.heartbeatSeconds,
          defaultResult: end === 'launch' ? hooks.onDeadline : 'CONTINUE',
          notificationMetadata: JSON.stringify(hookMetadata(options)),
        },
        child,
      );
};
