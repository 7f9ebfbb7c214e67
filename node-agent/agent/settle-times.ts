import type { HostStatus, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isAsAsked } from './status.ts';

/** How long interfaces take from the first sign of a change until the host is as asked. */
export interface SettleTimes {
  /** The object or a link may have changed. */
  sawChange(): void;
  /** A reconcile begins: what is seen from now on belongs to the next one. */
  beginReconcile(): void;
  /** What the reconcile came to; the seconds that each interface took which is now as asked, and was not before. */
  endReconcile(status: Readonly<Record<Slot, HostStatus>>): readonly number[];
}

/** `seconds` is a clock that only counts up. */
export const createSettleTimes = (seconds: () => number): SettleTimes => {
  let firstSign: number | undefined;
  let signSince = seconds();
  /** By slot: what was asked of it, and since when it waits for that; `since` is absent once it is there. */
  let known: ReadonlyMap<Slot, { readonly asked: string; readonly since?: number }> = new Map();

  return {
    sawChange() {
      firstSign ??= seconds();
    },
    beginReconcile() {
      signSince = firstSign ?? seconds();
      firstSign = undefined;
    },
    endReconcile(status) {
      const took: number[] = [];
      const next = Object.entries(status).map(([slot, host]) => {
        const asked = `${host.eniId}@${host.generation}`;
        const before = known.get(slot);
        const isSame = before?.asked === asked;
        const since = (isSame ? before.since : undefined) ?? signSince;
        if (!isAsAsked(host)) return [slot, { asked, since }] as const;
        if (!isSame || before.since !== undefined) took.push(seconds() - since);
        return [slot, { asked }] as const;
      });
      known = new Map(next);
      return took;
    },
  };
};
