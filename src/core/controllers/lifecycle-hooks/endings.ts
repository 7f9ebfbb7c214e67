import type { ScalingInstance } from '#core/ports/scaling.ts';
import { isEnding } from '#core/scaling/lifecycle-state.ts';

/**
 * Who is being ended. While Auto Scaling does not answer (`known` is undefined), those that it was ending when it last did: it
 * takes nobody back.
 */
export const createEndings = () => {
  const seen = new Set<string>();
  return {
    among(
      instanceIds: readonly string[],
      known: ReadonlyMap<string, ScalingInstance> | undefined,
    ): ReadonlySet<string> {
      for (const id of known === undefined ? [] : instanceIds) {
        const member = known?.get(id);
        if (member !== undefined && isEnding(member)) seen.add(id);
        else seen.delete(id);
      }
      return new Set(instanceIds.filter((id) => seen.has(id)));
    },
  };
};
