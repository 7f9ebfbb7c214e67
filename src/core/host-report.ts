import type { HostStatus, NodeEniState, SlotSpec } from './apis/v1alpha1/node-eni-state.ts';

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
  { spec, status }: Pick<NodeEniState, 'spec' | 'status'>,
  record: SlotSpec | undefined,
): boolean =>
  Object.keys(status?.host ?? {}).some(
    (slot) => record?.host === 'SSM' || spec.interfaces?.[slot]?.host === undefined,
  );
