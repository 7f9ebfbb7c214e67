import type { RequestBudget } from '#core/ec2/request-budget.ts';
import { failureOf } from '#core/errors.ts';
import { documentNameOf } from '#core/manifests/ssm-document.ts';
import type { Cause } from '#core/ports/cause.ts';
import type { CommandInvocation, CommandRunner, HostOrder } from '#core/ports/commands.ts';
import type { TelemetryLogger } from '#core/ports/telemetry.ts';
import { loggedChanges } from '../logged-change.ts';
import { classifySsmError } from './errors.ts';
import type { SsmApi } from './ssm-api.ts';

/** How long the SSM Agent may take to fetch the command: it polls all the time, so one that does not is not there. */
const DELIVERY_SECONDS = 60;

/** How long the link to the agent's bundle opens it; delivery is over by then. */
const LINK_SECONDS = 900;

/** What is still on its way ("Understanding command statuses", AWS Systems Manager User Guide). */
const RUNNING = ['Pending', 'InProgress', 'Delayed', 'Cancelling'];

interface Dependencies {
  readonly ssm: Pick<SsmApi, 'sendCommand' | 'getCommandInvocation'>;
  readonly clusterName: string;
  readonly budget: Pick<RequestBudget, 'take'>;
  /** A link to the bundle of the agent that is good for so many seconds. */
  readonly bundleLink: (seconds: number) => Promise<string>;
  readonly logger: TelemetryLogger;
}

/** Sends our own document, and no other, to one instance at a time. */
export const createCommandRunner = (dependencies: Dependencies): CommandRunner => {
  const { ssm, clusterName, budget, bundleLink, logger } = dependencies;
  const change = loggedChanges(logger, classifySsmError);

  const send = async ({ instanceId, desired }: HostOrder, cause: Cause): Promise<string> => {
    await budget.take('SendCommand');
    const bundleUrl = await bundleLink(LINK_SECONDS);
    const { Command: { CommandId: commandId } = {} } = await change({
      call: 'SendCommand',
      cause: { instanceId, ...cause },
      send: () =>
        ssm.sendCommand({
          DocumentName: documentNameOf(clusterName),
          InstanceIds: [instanceId],
          Parameters: {
            desired: [Buffer.from(desired).toString('base64')],
            bundleUrl: [bundleUrl],
          },
          Comment: 'nodeeni: network interfaces',
          TimeoutSeconds: DELIVERY_SECONDS,
          CloudWatchOutputConfig: { CloudWatchOutputEnabled: false },
        }),
      facts: ({ Command }) => ({ commandId: Command?.CommandId }),
    });
    if (commandId === undefined) throw new Error('the answer names no command');
    return commandId;
  };

  const read = async (commandId: string, instanceId: string): Promise<CommandInvocation> => {
    const invocation = await ssm.getCommandInvocation({
      CommandId: commandId,
      InstanceId: instanceId,
    });
    const { Status: status = 'Pending', StatusDetails: details = status } = invocation;
    if (RUNNING.includes(status)) return { state: 'running' };
    return {
      state: 'ended',
      // The details tell which time was up; they are written with spaces or without.
      status: details.replaceAll(' ', ''),
      output: invocation.StandardOutputContent ?? '',
      errorOutput: invocation.StandardErrorContent ?? '',
    };
  };

  return {
    send: (order, cause) =>
      send(order, cause).catch((error: unknown) => {
        throw classifySsmError('SendCommand', error);
      }),

    get: (commandId, instanceId) =>
      read(commandId, instanceId).catch((cause: unknown) => {
        const error = classifySsmError('GetCommandInvocation', cause);
        if (failureOf(error) === 'NotReady') return { state: 'running' };
        throw error;
      }),
  };
};
