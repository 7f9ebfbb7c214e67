import { z } from 'zod';
import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import { type NodeEniState, nodeEniStateStatusSchema } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isAbout } from '#core/host-report.ts';
import type { Answer } from '#core/instance/host-command.ts';
import { isRunning } from '#core/instance/host-command.ts';
import type { CommandInvocation } from '#core/ports/commands.ts';
import { failed } from './command.ts';

type Ended = Extract<CommandInvocation, { state: 'ended' }>;
type Outcome = NonNullable<HostCommand['outcome']>;

const resultSchema = z.object({
  converged: z.boolean(),
  host: nodeEniStateStatusSchema.shape.host,
  error: z.string().optional(),
  /** The boot in which the script ran. */
  bootId: z.guid().optional().catch(undefined),
});

type Result = z.infer<typeof resultSchema>;

/** Whatever else a host writes, its result is the last line that is a JSON object. */
const resultIn = (output: string): Result | undefined => {
  const line = output.split('\n').findLast((one) => one.startsWith('{'));
  try {
    return resultSchema.safeParse(JSON.parse(line ?? '')).data;
  } catch {
    return undefined;
  }
};

/** Endings in which no script of ours ran to its end ("Understanding command statuses", AWS Systems Manager User Guide). */
const BY_STATUS: Readonly<Record<string, Outcome>> = {
  DeliveryTimedOut: {
    reason: 'CommandUndelivered',
    message: 'The SSM Agent of the instance did not take the command in time. Is it running?',
  },
  Undeliverable: {
    reason: 'CommandUndelivered',
    message: 'The command could not be delivered. Is the instance managed by Systems Manager?',
  },
  ExecutionTimedOut: {
    reason: 'CommandTimedOut',
    message: 'The command did not end on the host in time.',
  },
  TimedOut: {
    reason: 'CommandTimedOut',
    message: 'The command did not end on the host in time.',
  },
  Cancelled: { reason: 'CommandCancelled', message: 'Somebody cancelled the command.' },
};

const LONGEST_MESSAGE = 300;

const lastLineOf = (text: string): string =>
  (text.trimEnd().split('\n').at(-1) ?? '').slice(0, LONGEST_MESSAGE);

const outcomeOf = ({ status, errorOutput }: Ended, result: Result | undefined): Outcome => {
  if (result?.converged === true) return { reason: 'Applied', message: 'The host is as asked.' };
  if (result?.error !== undefined)
    return { reason: 'CommandFailed', message: result.error.slice(0, LONGEST_MESSAGE) };
  if (result !== undefined)
    return { reason: 'NotConverged', message: 'The host is not as asked yet.' };
  return (
    BY_STATUS[status] ?? {
      reason: 'CommandFailed',
      message:
        `The command ended as ${status} and wrote no result. ${lastLineOf(errorOutput)}`.trim(),
    }
  );
};

/** With the boot in which the command ran: the Node may have shown an earlier one when it was sent. */
const bootsOf = ({ bootIds = [] }: HostCommand, result: Result | undefined) =>
  result?.bootId === undefined ? {} : { bootIds: [...new Set([...bootIds, result.bootId])] };

/**
 * Reads how a command ended. Rows count as an agent's own would: only for the ENI and the generation that the slot has
 * now. A row of a slot that an agent serves would tell of an agent where there may be none. Undefined while there is nothing new to write down.
 */
export const readAnswer = (
  state: NodeEniState | undefined,
  invocation: CommandInvocation | undefined,
  now: Date,
): Answer | undefined => {
  const command = state?.spec.hostCommand;
  if (command === undefined || !isRunning(command) || invocation?.state !== 'ended')
    return undefined;
  const result = resultIn(invocation.output);
  const outcome = outcomeOf(invocation, result);
  const records = state?.spec.interfaces ?? {};
  const rows = Object.entries(result?.host ?? {}).filter(([slot, row]) => {
    const record = records[slot];
    return record?.host === 'SSM' && isAbout(row, record);
  });
  const ended = { ...command, ...bootsOf(command, result) };
  return {
    command: outcome.reason === 'Applied' ? { ...ended, outcome } : failed(ended, outcome, now),
    rows: Object.fromEntries(rows),
  };
};
