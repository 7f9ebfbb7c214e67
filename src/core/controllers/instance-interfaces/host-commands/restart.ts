import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import type { NodeEniState, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isRunning } from '#core/instance/host-command.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';

/** What is known of the host itself. */
export interface KnownHost {
  readonly instance: Instance | undefined;
  readonly node: ClusterNode | undefined;
}

/**
 * True when links and drivers are as new: after a start, which EC2 tells, and after a reboot, which only the Node tells
 * ("NodeSystemInfo", bootID). A Node may lag behind: it tells of no reboot while it shows the boot that it showed when the
 * command was sent, or the one in which the command ran.
 */
export const isRestartedSince = (command: HostCommand, { instance, node }: KnownHost): boolean => {
  if (instance === undefined) return false;
  // A stopped instance has a new launch time when it starts ("Instance", EC2 API Reference).
  if (instance.launchTime.toISOString() !== command.bootedAt) return true;
  const { bootIds = [] } = command;
  const isOtherBoot = node?.bootId !== undefined && !bootIds.includes(node.bootId);
  return isOtherBoot && bootIds.length > 0 && !isRunning(command);
};

/** Slots of which a host that takes commands has said nothing since it started, and something before. */
export const forgottenSlots = ({ spec, status }: NodeEniState, host: KnownHost): readonly Slot[] =>
  spec.hostCommand !== undefined && isRestartedSince(spec.hostCommand, host)
    ? Object.keys(status?.host ?? {}).filter((slot) => spec.interfaces?.[slot]?.host === 'SSM')
    : [];

/** The state object as it will be once those rows are dropped. */
export const withoutRows = (state: NodeEniState, slots: readonly Slot[]): NodeEniState => {
  if (slots.length === 0) return state;
  const rows = Object.entries(state.status?.host ?? {}).filter(([slot]) => !slots.includes(slot));
  return { ...state, status: { ...state.status, host: Object.fromEntries(rows) } };
};
