import type { Observed } from '#core/instance/observed.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { NodeEniStateStore } from '#core/ports/cluster.ts';
import { type Progress, resumeReconcile, runReconcile } from './passes.ts';

/** How far one reconcile came, or what ended it. */
export type Settled = Progress | { readonly error: unknown };

interface Dependencies {
  readonly clock: Clock;
  readonly enis: NetworkInterfaceProvider;
  readonly states: NodeEniStateStore;
}

/** Waits before EC2 is asked again within one reconcile, so that quick attachments and detachments end in it. */
const CONFIRM_AFTER_MILLISECONDS = [0, 1500];

/** True when a call of this reconcile takes effect only after a moment, which may be over by now. */
const isMoving = ({ plan, results }: Progress): boolean => {
  const attached = results.filter(({ action, error }) => action.type === 'attach' && !error);
  const slots = new Set(attached.map(({ action }) => action.slot));
  return (
    results.length > 0 &&
    plan.slots.some(
      ({ slot, report }) =>
        ['Attaching', 'Detaching', 'Moving'].includes(report?.reason ?? '') ||
        // What failed after an attachment may have failed because EC2 does not show that.
        (report?.phase === 'Pending' && slots.has(slot)),
    )
  );
};

const movingIn = (all: ReadonlyMap<string, Settled>): [string, Progress][] =>
  [...all].filter((entry): entry is [string, Progress] => {
    const [, progress] = entry;
    return !('error' in progress) && isMoving(progress);
  });

/**
 * Runs the plans of a batch to where nothing can be done now. What is still on its way is read again, twice at most, by
 * one describe for all. Never throws: each instance has its own end.
 */
export const settle = async (
  begun: ReadonlyMap<string, Progress>,
  oursAmong: (instanceId: string, ours: Observed['ours']) => Observed['ours'],
  { clock, enis, states }: Dependencies,
): Promise<ReadonlyMap<string, Settled>> => {
  const all = new Map<string, Settled>(begun);
  const run = async (id: string, begin: () => Progress): Promise<void> => {
    try {
      all.set(id, await runReconcile(begin(), { enis, states }));
    } catch (error) {
      all.set(id, { error });
    }
  };
  await Promise.all([...begun].map(([id, progress]) => run(id, () => progress)));

  for (const delay of CONFIRM_AFTER_MILLISECONDS) {
    const moving = movingIn(all);
    if (moving.length === 0) break;
    if (delay > 0) await clock.sleep(delay);
    const ours = await enis.listForInstances(moving.map(([id]) => id));
    await Promise.all(
      moving.map(([id, progress]) => run(id, () => resumeReconcile(progress, oursAmong(id, ours)))),
    );
  }
  return all;
};
