import type { Clock } from '#core/ports/clock.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';

export interface NodeList {
  readonly items: readonly ClusterNode[];
  /** False for a list that was read before it was asked for: who is not in it may be there by now. */
  readonly isFresh: boolean;
}

/** A list that takes longer is dear: it is read again only after five times as long. */
const QUICK_MILLISECONDS = 1000;
const REST_FACTOR = 5;

/**
 * All Nodes, as they are when they are asked for: no list is shared by who asked after it was begun. Lists are read one after
 * another, and those who wait share the next. In a cluster so large that reading it takes seconds, an older list has to do in
 * between, and says so.
 */
export const createNodeList = ({
  clock,
  list,
}: {
  readonly clock: Pick<Clock, 'now'>;
  readonly list: () => Promise<readonly ClusterNode[]>;
}): (() => Promise<NodeList>) => {
  const nowMs = (): number => clock.now().getTime();
  let running: Promise<NodeList> | undefined;
  let next: Promise<NodeList> | undefined;
  let kept: { readonly items: readonly ClusterNode[]; readonly untilMs: number } | undefined;

  const read = async (): Promise<NodeList> => {
    const begunMs = nowMs();
    const items = await list();
    const tookMs = nowMs() - begunMs;
    const isDear = tookMs > QUICK_MILLISECONDS;
    kept = isDear ? { items, untilMs: nowMs() + REST_FACTOR * tookMs } : undefined;
    return { items, isFresh: true };
  };

  const begin = (): Promise<NodeList> => {
    running = read().finally(() => {
      running = undefined;
    });
    return running;
  };

  const after = async (earlier: Promise<unknown>): Promise<NodeList> => {
    await earlier.catch(() => undefined);
    next = undefined;
    return kept !== undefined && nowMs() < kept.untilMs ? older(kept) : begin();
  };

  const older = ({ items }: Pick<NodeList, 'items'>): NodeList => ({ items, isFresh: false });

  return async () => {
    if (running !== undefined) {
      next ??= after(running);
      return next;
    }
    return kept !== undefined && nowMs() < kept.untilMs ? older(kept) : begin();
  };
};
