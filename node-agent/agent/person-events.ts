import type { HostStatus, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Finding } from './finding.ts';
import { isAsAsked } from './status.ts';

/** What a person should know about an interface of this host. */
export interface PersonEvent extends Finding {
  /**
   * Warning: the interface is not as asked, or something that uses it by name reaches another. Normal: it is, but something
   * about it should be known.
   */
  readonly type: 'Warning' | 'Normal';
  /** The same for the same finding, after a restart of the agent too. */
  readonly identity: string;
}

/** Where events go. Rejects when the event cannot be recorded. */
export interface EventSink {
  record(event: PersonEvent): Promise<void>;
}

export interface PersonEvents {
  /** Records what is new in the status. Rejects when that fails; the next call tries again. */
  record(status: Readonly<Record<Slot, HostStatus>>): Promise<void>;
}

/** Findings that pass by themselves; only one that stays is recorded. */
const PASSING: ReadonlySet<string> = new Set([
  'WaitingForUdev',
  'LinkMissing',
  'Pending',
  'Advertising',
  'StillAdvertised',
  'WaitingForDevicePlugin',
  'DeviceNotSeen',
]);
const PATIENCE_SECONDS = 300;

/** An interface as it was asked for, and what was found of it until it was without findings again. */
interface Account {
  readonly asked: string;
  /** Reason → when it was first seen. */
  readonly seen: Map<string, number>;
  readonly recorded: Set<string>;
}

/** One event for each change of an interface's finding, never repeated. `seconds` is a clock that only counts up. */
export const createPersonEvents = (sink: EventSink, seconds: () => number): PersonEvents => {
  const accounts = new Map<Slot, Account>();

  const accountOf = (slot: Slot, { eniId, generation }: HostStatus): Account => {
    const asked = `${eniId}@${generation}`;
    const known = accounts.get(slot);
    if (known?.asked === asked) return known;
    const account = { asked, seen: new Map<string, number>(), recorded: new Set<string>() };
    accounts.set(slot, account);
    return account;
  };

  const recordOf = async (slot: Slot, host: HostStatus, reason: string): Promise<void> => {
    const { asked, seen, recorded } = accountOf(slot, host);
    const since = seen.get(reason) ?? seconds();
    seen.set(reason, since);
    const patience = PASSING.has(reason) ? PATIENCE_SECONDS : 0;
    if (recorded.has(reason) || seconds() - since < patience) return;
    await sink.record({
      type: isAsAsked(host) && reason !== 'AltNameTaken' ? 'Normal' : 'Warning',
      reason,
      message: `${slot} (${host.eniId}): ${host.message ?? reason}`,
      identity: `${slot} ${asked} ${reason}`,
    });
    recorded.add(reason);
  };

  return {
    async record(status) {
      for (const slot of accounts.keys())
        if (status[slot]?.reason === undefined) accounts.delete(slot);
      for (const [slot, host] of Object.entries(status))
        if (host.reason !== undefined) await recordOf(slot, host, host.reason);
    },
  };
};
