import type { SimulatedWorld } from '../simulation/world.ts';
import { callChanges } from './calls.ts';
import {
  attachments,
  completions,
  instanceStates,
  memberStates,
  membership,
  nodeEnis,
  nodes,
} from './changes.ts';
import type { Line } from './line.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

/** What happened between two looks, causes before effects. */
const linesBetween = (before: Snapshot, after: Snapshot): readonly Line[] =>
  [
    membership(before, after),
    instanceStates(before, after),
    after.calls.slice(before.calls.length).flatMap((call) => callChanges(call, before)),
    attachments(before, after),
    completions(before, after),
    memberStates(before, after),
    nodes(before, after),
    nodeEnis(before, after),
  ]
    .flat()
    .map((change) => ({ at: after.at, ...change }));

/** A refusal is worth one line; the same one again is not. */
const createRepetitionFilter = () => {
  const told = new Set<string>();
  return ({ who, what }: Line): boolean => {
    if (who !== 'EC2' || !what.startsWith('does not do')) return true;
    const isNews = !told.has(what);
    told.add(what);
    return isNews;
  };
};

/** Looks at the world again and again. Out of each look: what is true now, and lines for what happened since the last. */
export const createWatch = async (world: SimulatedWorld) => {
  const isNews = createRepetitionFilter();
  let now = await takeSnapshot(world);
  return {
    now: (): Snapshot => now,
    async look(): Promise<{ readonly now: Snapshot; readonly lines: readonly Line[] }> {
      const before = now;
      now = await takeSnapshot(world, before);
      return { now, lines: linesBetween(before, now).filter(isNews) };
    },
  };
};

export type Watch = Awaited<ReturnType<typeof createWatch>>;
