import type { HostStatus, NodeEniState, SlotSpec } from './apis/v1alpha1/node-eni-state.ts';
import type { Explanation } from './explanation.ts';

/** True when a row speaks of exactly this ENI in this generation. */
export const isAbout = (host: HostStatus, { eniId, generation }: SlotSpec): boolean =>
  host.eniId === eniId && host.generation === generation;

/** True when the host has set up exactly this ENI in this generation. */
export const isConfigured = (host: HostStatus | undefined, record: SlotSpec | undefined): boolean =>
  host?.configured === true && record !== undefined && isAbout(host, record);

/** True when the host has let go of exactly this ENI in this generation. */
export const isReleased = (host: HostStatus | undefined, record: SlotSpec): boolean =>
  host?.released === true && isAbout(host, record);

/** True when the host has done what the slot asks of it. */
export const isAcknowledged = (host: HostStatus | undefined, record: SlotSpec): boolean =>
  record.phase === 'Releasing' ? isReleased(host, record) : isConfigured(host, record);

/**
 * True where somebody reports who serves this record, so that its word is waited for. A command reports of the slots that are
 * configured by commands: its word tells of no agent, who serves the others.
 */
export const hasReporter = (
  state: Pick<NodeEniState, 'spec' | 'status'> | undefined,
  record: SlotSpec | undefined,
): boolean =>
  Object.keys(state?.status?.host ?? {}).some(
    (slot) => record?.host === 'SSM' || state?.spec.interfaces?.[slot]?.host === undefined,
  );

interface HostPart {
  readonly record: SlotSpec | undefined;
  readonly host: HostStatus | undefined;
  /** Whether somebody reports who serves this record. */
  readonly hasAgent: boolean;
}

/** Why the host's part of an attached interface is not done; undefined when it is, and where nobody is to do anything. */
export const unconfiguredReason = ({
  record,
  host,
  hasAgent,
}: HostPart): Explanation | undefined => {
  if (!hasAgent || record?.linkMode === 'Unmanaged' || isConfigured(host, record)) return undefined;
  const told = host && record && isAbout(host, record) ? host : undefined;
  return {
    reason: told?.reason ?? 'WaitingForHost',
    message: told?.message ?? 'The agent has not reported this interface yet.',
  };
};
