import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import { CallError, FAILURE_RULES } from '#core/errors.ts';
import type { CommandRunner } from '#core/ports/commands.ts';
import type { HostAction } from './actions.ts';
import { FIRST_WAIT_SECONDS, failed, RUNNING_REQUEUE_SECONDS } from './command.ts';

/** What is to be written down of a command; absent when it was not its turn yet. */
export interface HostResult {
  readonly command?: HostCommand;
  readonly requeueAfterSeconds: number;
}

/** The instance does not run, or its SSM Agent has not registered. */
const UNREACHED = 'InvalidInstanceId';

/** How long an instance may take to register its SSM Agent after its start; nobody should wait longer than it does. */
const REGISTRATION_SECONDS = 900;

const isYoung = ({ bootedAt }: HostCommand, now: Date): boolean =>
  now.getTime() - Date.parse(bootedAt) < REGISTRATION_SECONDS * 1000;

/** The least and the most that is waited, where the error tells more than how often it came. */
const waitFor = (error: unknown, command: HostCommand, now: Date) => {
  if (!(error instanceof CallError)) return {};
  if (error.code === UNREACHED && isYoung(command, now)) return { mostSeconds: FIRST_WAIT_SECONDS };
  return FAILURE_RULES[error.failure].isEscalating ? { leastSeconds: error.retryAfterSeconds } : {};
};

/** Codes that say more than their class does ("SendCommand", AWS Systems Manager API Reference). */
const outcomeFor = (error: unknown): NonNullable<HostCommand['outcome']> => {
  if (!(error instanceof CallError))
    return { reason: 'Error', message: error instanceof Error ? error.message : String(error) };
  if (error.code === UNREACHED)
    return {
      reason: 'InstanceNotManaged',
      message:
        'Systems Manager does not reach the instance. It needs a running SSM Agent and the right to use it (AmazonSSMManagedInstanceCore).',
    };
  return { reason: FAILURE_RULES[error.failure].reason, message: error.message };
};

/** Sends one command. Never throws: what was refused is written down as its outcome, with the time of the next try. */
export const executeHost = async (
  commands: CommandRunner,
  { instanceId, desired, command }: HostAction,
  now: Date,
): Promise<HostResult> => {
  try {
    const commandId = await commands.send(
      { instanceId, desired },
      { why: 'its host is to configure links by a command' },
    );
    return { command: { ...command, commandId }, requeueAfterSeconds: RUNNING_REQUEUE_SECONDS };
  } catch (error) {
    if (error instanceof CallError && error.failure === 'Throttled')
      return { requeueAfterSeconds: error.retryAfterSeconds };
    const refused = failed(command, outcomeFor(error), now, waitFor(error, command, now));
    const seconds = (Date.parse(refused.retryAt ?? '') - now.getTime()) / 1000;
    return { command: refused, requeueAfterSeconds: seconds };
  }
};
