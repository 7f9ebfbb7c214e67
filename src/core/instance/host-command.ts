import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import type { HostStatus, NodeEniState, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';

/** What a command that ended leaves to be written down. */
export interface Answer {
  readonly command: HostCommand;
  /** Rows of `status.host`, of slots as they are now. */
  readonly rows: Readonly<Record<Slot, HostStatus>>;
}

/** The state object as it will be once the answer is stored. */
export const withAnswer = (state: NodeEniState, { command, rows }: Answer): NodeEniState => ({
  ...state,
  spec: { ...state.spec, hostCommand: command },
  status: { ...state.status, host: { ...state.status?.host, ...rows } },
});

/** True for a command that was sent and of which nobody knows yet how it ended. */
export const isRunning = (command: HostCommand | undefined): boolean =>
  command?.commandId !== undefined && command.outcome === undefined;
