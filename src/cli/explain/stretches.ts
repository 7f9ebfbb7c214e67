import { nodeEniNameOf, type Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { rowsOf, unreadyReason } from '#core/controllers/roll-up/rows.ts';
import type { InstanceFacts } from './facts.ts';
import { slotsOf } from './moments.ts';
import { rowChangedAt } from './row-changed-at.ts';

/** A part of the time between the launch and ready. */
export interface Stretch {
  readonly slot: Slot;
  /** What was waited for. */
  readonly until: 'decision' | 'attachment' | 'ready';
  readonly from: string;
  /** Absent while it lasts. */
  readonly to?: string;
  readonly seconds: number;
}

interface End {
  readonly until: Stretch['until'];
  readonly at: string | undefined;
}

/** True when nothing is missing on this slot, the host included. */
const isReady = ({ state }: InstanceFacts, slot: Slot): boolean => {
  const rows = state === undefined ? [] : rowsOf(nodeEniNameOf(slot), [state]);
  return rows.some((row) => row.slot === slot && unreadyReason(row) === undefined);
};

const later = (left: string, right: string | undefined): string =>
  right !== undefined && Date.parse(right) > Date.parse(left) ? right : left;

const follow = (
  slot: Slot,
  launch: string | undefined,
  ends: readonly End[],
  now: Date,
): readonly Stretch[] => {
  const stretches: Stretch[] = [];
  let from = launch;
  for (const { until, at } of ends) {
    if (from !== undefined) {
      const seconds = (Date.parse(at ?? now.toISOString()) - Date.parse(from)) / 1000;
      // What EC2 cuts to a second can lie before what has a fraction.
      const known = { slot, until, from, seconds: Math.max(0, Math.round(seconds)) };
      stretches.push(at === undefined ? known : { ...known, to: at });
    }
    if (at === undefined) break;
    from = at;
  }
  return stretches;
};

/**
 * Where the time of each slot went: from the launch, or from the moment the slot is known where the instance is older, to
 * the decision for an ENI, to its attachment, and to ready. The last one lasts while it is not over. Kubernetes and EC2
 * tell whole seconds.
 */
export const stretchesOf = (facts: InstanceFacts): readonly Stretch[] =>
  slotsOf(facts).flatMap((slot) => {
    const record = facts.state?.spec.interfaces?.[slot];
    const status = facts.state?.status?.interfaces?.[slot];
    const decided = record?.create?.incarnation;
    const attached = facts.enis
      .find(({ eniId }) => eniId === record?.eniId)
      ?.attachment?.attachedAt?.toISOString();
    const seen = later(attached ?? '', status?.since);
    const ready = isReady(facts, slot) ? later(seen, rowChangedAt(facts, slot)) : undefined;
    const ends: readonly End[] = [
      { until: 'decision', at: decided },
      { until: 'attachment', at: attached },
      // What is released is not to become ready any more.
      ...(record?.phase === 'Releasing' ? [] : [{ until: 'ready', at: ready } as const]),
    ];
    return follow(slot, facts.instance?.launchTime.toISOString(), ends, facts.now);
  });
