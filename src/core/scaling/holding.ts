import type { Holder, InstanceReadiness } from '#core/readiness.ts';
import type { HookSettings } from './hook-metadata.ts';

/** True for a NodeENI whose interfaces this hook waits for: each, unless the hook names some or says what labels they carry. */
const mayHold =
  ({ nodeENIs }: Pick<HookSettings, 'nodeENIs'>) =>
  (holder: Holder | undefined): boolean => {
    if (nodeENIs === undefined || holder === undefined) return true;
    if (Array.isArray(nodeENIs)) return nodeENIs.includes(holder.name);
    return Object.entries(nodeENIs.matchLabels).every(
      ([key, value]) => Object.hasOwn(holder.labels, key) && holder.labels[key] === value,
    );
  };

/** What a hook has to know of an instance: only that which the NodeENIs ask for that may hold it. */
export const readinessFor = (
  settings: Pick<HookSettings, 'nodeENIs'>,
  readiness: InstanceReadiness,
): InstanceReadiness => {
  if (settings.nodeENIs === undefined) return readiness;
  const holds = mayHold(settings);
  const { isKnown, undecided, unattached, unconfigured } = readiness;
  return {
    ...readiness,
    isKnown: isKnown || (undecided !== undefined && !undecided.some(holds)),
    unattached: unattached.filter(({ holder }) => holds(holder)),
    unconfigured: unconfigured.filter(({ holder }) => holds(holder)),
  };
};
