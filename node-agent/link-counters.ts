import { nodeEniNameOf, type Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { LinkTuning } from './agent/host.ts';
import type { SlotPlan } from './agent/slot-plan.ts';

/** A link of ours and what its driver has counted. */
export interface CountedLink {
  readonly nodeEni: string;
  readonly link: string;
  /** Counts of the driver, by its own names. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface LinkCounters {
  /** The links from now on. */
  follow(slots: readonly SlotPlan[]): void;
  /** What the drivers count now. A link that is gone, or whose driver counts nothing, is left out. Never rejects. */
  read(): Promise<readonly CountedLink[]>;
}

/** Each look starts a program for each link: whoever asks more often gets the same answer. */
const REMEMBERED_SECONDS = 5;

interface Followed {
  readonly slot: Slot;
  readonly link: string;
  readonly pid?: string;
}

const followed = ({ subject: { desired, link }, inPod }: SlotPlan): Followed[] => {
  const { slot } = desired;
  if (link !== undefined) return [{ slot, link: link.name }];
  return inPod === undefined ? [] : [{ slot, link: inPod.name, pid: inPod.pid }];
};

/** In: names of the counters that are of interest, and a clock that only counts up. */
export const createLinkCounters = ({
  tuning,
  names,
  seconds,
}: {
  readonly tuning: Pick<LinkTuning, 'counters'>;
  readonly names: readonly string[];
  readonly seconds: () => number;
}): LinkCounters => {
  let links: readonly Followed[] = [];
  let last: Promise<readonly CountedLink[]> = Promise.resolve([]);
  let lookedAt = Number.NEGATIVE_INFINITY;

  const countersOf = async ({ slot, ...where }: Followed): Promise<CountedLink[]> => {
    try {
      const all = await tuning.counters(where);
      const counters = Object.fromEntries(
        names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])),
      );
      return [{ nodeEni: nodeEniNameOf(slot), link: where.link, counters }];
    } catch {
      return [];
    }
  };

  return {
    follow(slots) {
      links = slots.flatMap(followed);
    },
    read() {
      if (seconds() - lookedAt >= REMEMBERED_SECONDS) {
        lookedAt = seconds();
        last = Promise.all(links.map(countersOf)).then((all) => all.flat());
      }
      return last;
    },
  };
};
