import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';

/** The end of a command comes as an event; should that be lost, this reconcile finds out. */
export const RUNNING_REQUEUE_SECONDS = 60;

export const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 3600;

/** How long the same state is not sent again after so many failures in a row: longer each time. */
export const waitSeconds = (failures: number): number =>
  Math.min(FIRST_WAIT_SECONDS * 2 ** Math.min(failures - 1, 12), LONGEST_WAIT_SECONDS);

/** The record of a command that came to nothing, or not to all that was asked. */
export const failed = (
  command: HostCommand,
  outcome: NonNullable<HostCommand['outcome']>,
  now: Date,
  { leastSeconds = 0, mostSeconds = LONGEST_WAIT_SECONDS } = {},
): HostCommand => {
  const failures = command.failures + 1;
  const seconds = Math.min(Math.max(leastSeconds, waitSeconds(failures)), mostSeconds);
  return {
    ...command,
    outcome,
    failures,
    retryAt: new Date(now.getTime() + seconds * 1000).toISOString(),
  };
};
