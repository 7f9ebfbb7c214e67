import type { NodeEniList } from '#core/ports/cluster.ts';

/** After this long somebody is told. */
const UNREADY_SECONDS = 900;

/** Reasons that are a person's own decision, or that end when a node comes. */
const NO_TROUBLE = ['Paused', 'NoMatchingNodes'];

/** Names of NodeENIs that have not been ready for a quarter of an hour, and that nobody keeps so. */
export const unreadyIn = ({ items, invalid }: NodeEniList, now: Date): readonly string[] =>
  [...items, ...invalid]
    .filter(({ status }) => {
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready === undefined || ready.status === 'True') return false;
      if (NO_TROUBLE.includes(ready.reason)) return false;
      return now.getTime() - Date.parse(ready.lastTransitionTime) >= UNREADY_SECONDS * 1000;
    })
    .map(({ metadata }) => metadata.name)
    .toSorted();
