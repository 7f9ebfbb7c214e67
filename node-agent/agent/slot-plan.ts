import type { HostAction } from './actions.ts';
import type { Finding } from './finding.ts';
import type { Subject } from './identity.ts';
import type { LinkInPod } from './observed.ts';
import type { NetworkPlan } from './plan-networks.ts';

/** What is left to do for one interface. Nothing to do and nothing found means: the host is as asked. */
export interface SlotPlan {
  readonly subject: Subject;
  /** Come first, each on its own: `actions` do not wait for one that fails, and the interface is not as asked. */
  readonly preparations: readonly HostAction[];
  /** Each needs the one before. */
  readonly actions: readonly HostAction[];
  /** Comes last; a failure is noted, and the interface may be as asked in spite of it. */
  readonly remember?: HostAction;
  /** Why the interface is not as asked and no action will make it so. */
  readonly finding?: Finding;
  /** What a person should know though the interface is as asked. */
  readonly notes: readonly Finding[];
  /** How its network for pods stands, where it is to be one. */
  readonly network?: NetworkPlan;
  /** True for a device that must not be touched, nor offered to pods. */
  readonly isProtected?: boolean;
  /** Who uses the device. */
  readonly inUseBy?: string;
  /** The link, where a pod has it. */
  readonly inPod?: LinkInPod;
}

type Parts = Partial<Omit<SlotPlan, 'subject'>>;

export const slotPlan = (subject: Subject, parts: Parts = {}): SlotPlan => ({
  subject,
  preparations: [],
  actions: [],
  notes: [],
  ...parts,
});

/** Everything in `plan`, with more notes. */
export const withNotes = (plan: SlotPlan, notes: readonly Finding[]): SlotPlan => ({
  ...plan,
  notes: [...plan.notes, ...notes],
});
