import { expect, onTestFailed, onTestFinished, vi } from 'vitest';
import type { HostStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import { type ApiServer, INSTANCE_ID, NODE_NAME, startApiServer } from './api-server.ts';
import { createDevicePlugin, type Found } from './device-plugin.ts';
import { agentCommand, type GuestProgram, startProgram } from './guest-agent.ts';
import type { Machine } from './machine.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };

/** A guest whose agent runs on and follows an API server, and a device plugin that reads its configuration. */
export interface AgentStage extends Pick<ApiServer, 'ask' | 'reported' | 'startPlugin'> {
  /** What the device plugin found at each of its starts. */
  readonly pluginStarts: readonly (readonly Found[])[];
  /** Resolves when the agent says at least this of an interface. */
  untilReported(slot: string, status: Partial<HostStatus>): Promise<void>;
  startAgent(): Promise<GuestProgram>;
  /** Ends the agent that runs, and starts another. */
  restartAgent(): Promise<void>;
}

/** Sets everything up, with the agent running; it goes with the test. In: more options of the agent. */
export const createAgentStage = async (machine: Machine, options = ''): Promise<AgentStage> => {
  await machine.tell('rm -rf /run/nodeeni /exchange/plugin');
  const plugin = createDevicePlugin(machine);
  const api = await startApiServer(plugin.start);
  onTestFinished(api.close);

  const startAgent = async (): Promise<GuestProgram> => {
    const command = agentCommand(
      `run --server ${api.url} --instance-id ${INSTANCE_ID} --node-name ${NODE_NAME} --resync-seconds 600 ${options}`,
    );
    const agent = await startProgram(machine, command);
    onTestFinished(() => agent.end());
    onTestFailed(async () => {
      process.stderr.write(`The agent said:\n${await agent.output()}\n`);
    });
    return agent;
  };
  let running = await startAgent();

  return {
    ...api,
    pluginStarts: plugin.starts,
    startAgent,
    async restartAgent() {
      await running.end();
      running = await startAgent();
    },
    untilReported: (slot, status) =>
      vi.waitFor(() => expect(api.reported()[slot]).toMatchObject(status), PATIENCE),
  };
};
