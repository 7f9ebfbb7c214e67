import type { Launch } from './launch.ts';

/** What a launch hook needs so that it does not end before its interfaces are there. */
export interface HookNeed {
  /** The longest that an instance was seen waiting between two heartbeats. */
  readonly longestSilenceSeconds: number;
  /** For the hook's HeartbeatTimeout. */
  readonly heartbeatTimeoutSeconds: number;
  /** For `deadlineSeconds` in its NotificationMetadata. */
  readonly deadlineSeconds: number;
  /** False when Auto Scaling would end the wait before: then fewer nodes must start at once. */
  readonly isPossible: boolean;
}

/** What is added to what was seen: real services are slower at times, and others use the account too. */
export const MARGIN = 2;

const LEAST_HEARTBEAT_SECONDS = 30;
const MOST_HEARTBEAT_SECONDS = 7200;
const LONGEST_WAIT_SECONDS = 48 * 3600;

const upToMinutes = (seconds: number): number => Math.ceil(seconds / 60) * 60;

/**
 * The settings of the launch hook, with the margin. A heartbeat timeout is 30 to 7,200 s, and a wait ends after 48 hours or
 * 100 heartbeat timeouts ("PutLifecycleHook", Auto Scaling API Reference). Undefined when the launch did not end.
 */
export const hookNeedOf = ({
  longestSilenceSeconds,
  inServiceSeconds,
}: Pick<Launch, 'longestSilenceSeconds' | 'inServiceSeconds'>): HookNeed | undefined => {
  if (inServiceSeconds === undefined) return undefined;
  const deadlineSeconds = upToMinutes(inServiceSeconds * MARGIN);
  const heartbeatTimeoutSeconds = Math.max(
    LEAST_HEARTBEAT_SECONDS,
    upToMinutes(longestSilenceSeconds * MARGIN),
    // Else the overall limit would come before the deadline.
    Math.ceil(deadlineSeconds / 100),
  );
  return {
    longestSilenceSeconds,
    heartbeatTimeoutSeconds,
    deadlineSeconds,
    isPossible:
      heartbeatTimeoutSeconds <= MOST_HEARTBEAT_SECONDS && deadlineSeconds <= LONGEST_WAIT_SECONDS,
  };
};
