import type { HostStatus, NodeEniState, SlotSpec } from './apis/v1alpha1/node-eni-state.ts';
import type { Explanation } from './explanation.ts';
import { laterPartsOf } from './instance/host-fields.ts';

/** True when a row speaks of exactly this ENI in this generation. */
export const isAbout = (host: HostStatus, { eniId, generation }: SlotSpec): boolean =>
  host.eniId === eniId && host.generation === generation;

/**
 * What a record asks for and the host did not take from it: an agent drops what it does not know, and would acknowledge the rest. The
 * answer of another generation tells nothing: an older agent leaves it behind.
 */
const notUnderstood = ({ understood }: HostStatus, record: SlotSpec): readonly string[] => {
  const parts = understood?.generation === record.generation ? understood.parts : [];
  return laterPartsOf(record).filter((part) => !parts.includes(part));
};

/** True when pods of the node get the network that the slot is to be, or when it is to be none. */
export const isNetworkReady = (
  { podNetwork }: Pick<HostStatus, 'podNetwork'>,
  record: Pick<SlotSpec, 'podNetwork'>,
): boolean => record.podNetwork === undefined || podNetwork?.state === 'Ready';

/** True when the host has set up exactly this ENI in this generation, with all that is asked of it and the network for pods on it. */
export const isConfigured = (host: HostStatus | undefined, record: SlotSpec | undefined): boolean =>
  host?.configured === true &&
  record !== undefined &&
  isAbout(host, record) &&
  notUnderstood(host, record).length === 0 &&
  isNetworkReady(host, record);

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

const whyUnacknowledged = (host: HostStatus, record: SlotSpec): Explanation | undefined => {
  const missed = notUnderstood(host, record);
  if (host.configured !== true || missed.length === 0) return undefined;
  return {
    reason: 'AgentTooOld',
    message: `The agent of this host does not know ${missed.join(', ')}, and has done all but that: update it.`,
  };
};

/** A link may be left to itself, and a network for pods may not: nobody but an agent makes it. */
const isNobodysTask = ({ record, hasAgent }: HostPart): boolean =>
  record?.podNetwork === undefined && (!hasAgent || record?.linkMode === 'Unmanaged');

/** Why the host's part of an attached interface is not done; undefined when it is, and where nobody is to do anything. */
export const unconfiguredReason = (part: HostPart): Explanation | undefined => {
  const { record, host } = part;
  if (isNobodysTask(part) || isConfigured(host, record)) return undefined;
  const said = host && record && isAbout(host, record) ? host : undefined;
  const missed = said && record && whyUnacknowledged(said, record);
  if (missed) return missed;
  const told = said?.configured === true ? said.podNetwork : said;
  return {
    reason: told?.reason ?? 'WaitingForHost',
    message: told?.message ?? 'The agent has not reported this interface yet.',
  };
};
