import type { LifecycleHook } from '#core/ports/scaling.ts';

/** Auto Scaling keeps a waiting instance for 48 hours or 100 times the heartbeat, whichever is less ("PutLifecycleHook"). */
export const longestWaitSeconds = ({
  heartbeatTimeoutSeconds,
}: Pick<LifecycleHook, 'heartbeatTimeoutSeconds'>): number =>
  Math.min(100 * heartbeatTimeoutSeconds, 48 * 3600);
