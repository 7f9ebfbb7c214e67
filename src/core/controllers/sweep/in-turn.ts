import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { fromAnotherStart } from '#core/fair-start.ts';
import type { NodeEniList } from '#core/ports/cluster.ts';

/** Those that say that they are as they should be, and are rolled up once more all the same: one batch. */
const MOST_AGAIN = 10;

const isSettled = ({ metadata, status }: Pick<NodeEni, 'metadata' | 'status'>): boolean =>
  metadata.deletionTimestamp === undefined &&
  metadata.finalizers?.includes(FINALIZER) === true &&
  status?.observedGeneration === metadata.generation &&
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ===
    true;

/**
 * NodeENIs to be rolled up where nobody sees all that one of them has: those that say of themselves that something is left to
 * do, and a few of the others, who come in turn.
 */
export const nodeEnisInTurn = ({ items, invalid }: NodeEniList, now: Date): readonly string[] => {
  const all = [...items, ...invalid];
  const settled = all.filter(isSettled);
  const again = new Set(fromAnotherStart(settled, now).slice(0, MOST_AGAIN));
  return all
    .filter((nodeEni) => !settled.includes(nodeEni) || again.has(nodeEni))
    .map(({ metadata }) => metadata.name);
};
