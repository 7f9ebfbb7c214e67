import type { ScalingProvider } from '#core/ports/scaling.ts';
import type { HookAction } from './actions.ts';

/** Tells Auto Scaling; a hook that was completed before is as good as completed now. */
export const executeHook = async (scaling: ScalingProvider, action: HookAction): Promise<void> => {
  if (action.type === 'complete')
    await scaling.complete(action.hook, action.instanceId, action.result, { why: action.why });
};
