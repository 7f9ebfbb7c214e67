import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';

/** One command to one host. Plain data, as the actions on interfaces are. */
export interface HostAction {
  readonly type: 'send-command';
  readonly instanceId: string;
  /** The desired state of all interfaces of the host, as JSON. */
  readonly desired: string;
  /** What is written down of the command, but for its id. */
  readonly command: HostCommand;
}
