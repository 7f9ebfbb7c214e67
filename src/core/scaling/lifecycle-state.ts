import type { LifecycleHook, ScalingInstance } from '../ports/scaling.ts';

/*
 * States read `[Warmed:]<state>[:Wait|:Proceed]` ("Amazon EC2 Auto Scaling instance lifecycle" and "Warm pool instance
 * lifecycle", Auto Scaling User Guide).
 */

/** True while Auto Scaling ends the instance, in its group or in the warm pool, whoever's hook holds it. */
export const isEnding = ({ lifecycleState }: Pick<ScalingInstance, 'lifecycleState'>): boolean =>
  lifecycleState.includes('Terminating');

/** True while the instance waits for a hook, whoever's. */
export const isWaiting = ({ lifecycleState }: Pick<ScalingInstance, 'lifecycleState'>): boolean =>
  lifecycleState.endsWith(':Wait');

/** What the hooks are for that the instance waits for; undefined when it waits for none. */
export const awaitedTransition = (
  member: Pick<ScalingInstance, 'lifecycleState'>,
): LifecycleHook['transition'] | undefined => {
  if (!isWaiting(member)) return undefined;
  return isEnding(member) ? 'terminating' : 'launching';
};
