import type { Observed } from '#core/instance/observed.ts';
import type { NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { NodeEniStateStore } from '#core/ports/cluster.ts';
import { type Progress, resumeReconcile, runReconcile } from './passes.ts';

/** How far one reconcile came, or what ended it. */
export type Settled = Progress | { readonly error: unknown };

interface Dependencies {
  readonly enis: NetworkInterfaceProvider;
  readonly states: NodeEniStateStore;
}

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
 * Runs the plans of a batch to where nothing can be done now. What is still on its way is read again once, by
 * one describe for all; what takes longer is another reconcile, since nobody else of the batch shall wait for it. Never throws:
 * each instance has its own end.
 */
export const settle = async (
  begun: ReadonlyMap<string, Progress>,
  oursAmong: (instanceId: string, ours: Observed['ours']) => Observed['ours'],
  { enis, states }: Dependencies,
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

  const moving = movingIn(all);
  if (moving.length === 0) return all;
  const ours = await enis.listForInstances(moving.map(([id]) => id));
  await Promise.all(
    moving.map(([id, progress]) => run(id, () => resumeReconcile(progress, oursAmong(id, ours)))),
  );
  return all;
};
