import { autoScalingError } from './errors.ts';
import type { SimulatedHook } from './model.ts';

const LEAST_HEARTBEAT_SECONDS = 30;
const MOST_HEARTBEAT_SECONDS = 7200;
const MOST_METADATA_CHARACTERS = 1023;

/** Throws ValidationError for a hook that "PutLifecycleHook" refuses. */
export const checkHook = ({
  heartbeatTimeoutSeconds,
  notificationMetadata = '',
}: SimulatedHook): void => {
  if (
    heartbeatTimeoutSeconds < LEAST_HEARTBEAT_SECONDS ||
    heartbeatTimeoutSeconds > MOST_HEARTBEAT_SECONDS
  )
    throw autoScalingError(
      'ValidationError',
      `Heartbeat timeout must be between ${LEAST_HEARTBEAT_SECONDS} and ${MOST_HEARTBEAT_SECONDS} seconds`,
    );
  if (notificationMetadata.length > MOST_METADATA_CHARACTERS)
    throw autoScalingError(
      'ValidationError',
      `Notification metadata must have at most ${MOST_METADATA_CHARACTERS} characters`,
    );
};
