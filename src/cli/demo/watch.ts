import type { SimulatedWorld } from '../simulation/world.ts';
import { linesOfCall } from './calls.ts';
import {
  attachments,
  type Change,
  completions,
  instanceStates,
  memberStates,
  membership,
  nodeEnis,
  nodes,
} from './changes.ts';
import type { Line } from './line.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

const at = (time: Date, changes: readonly Change[]): readonly Line[] =>
  changes.map((change) => ({ at: time, ...change }));

/** What happened between two looks, causes before effects. */
const linesBetween = (before: Snapshot, after: Snapshot): readonly Line[] =>
  [
    ...at(after.at, membership(before, after)),
    ...at(after.at, instanceStates(before, after)),
    ...after.calls.slice(before.calls.length).flatMap((call) => linesOfCall(call, before)),
    ...at(after.at, attachments(before, after)),
    ...at(after.at, completions(before, after)),
    ...at(after.at, memberStates(before, after)),
    ...at(after.at, nodes(before, after)),
    ...at(after.at, nodeEnis(before, after)),
  ].toSorted((left, right) => left.at.getTime() - right.at.getTime());

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
