import type { Cause } from './cause.ts';

/** What a host is to do: the desired state, as the agent on it reads it. */
export interface HostOrder {
  readonly instanceId: string;
  /** A NodeENIState document, as JSON. */
  readonly desired: string;
}

/** How a command stands on one host ("Understanding command statuses", AWS Systems Manager User Guide). */
export type CommandInvocation =
  | { readonly state: 'running' }
  | {
      readonly state: 'ended';
      /** `Success`, `Failed`, `TimedOut`, `DeliveryTimedOut`, `Undeliverable`, … */
      readonly status: string;
      /** What the host wrote, at most 24,000 characters of each ("GetCommandInvocation"). */
      readonly output: string;
      readonly errorOutput: string;
    };

/** Commands that run on hosts without an agent of ours. */
export interface CommandRunner {
  /** Out: the id of the command. Throws `CallError` NotReady with the code InvalidInstanceId for a host that cannot be reached. */
  send(order: HostOrder, cause: Cause): Promise<string>;
  /** A command that is not known yet counts as running. */
  get(commandId: string, instanceId: string): Promise<CommandInvocation>;
}
