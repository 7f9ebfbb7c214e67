import type { Clock } from '#core/ports/clock.ts';

/** What one run of the sweep looks at, at most. */
export interface Room {
  /** Instances and interfaces together. Each has a Node or a record beside it. */
  readonly things: number;
  /** More Nodes are not even begun to be read in one go. */
  readonly nodes: number;
  readonly seconds: number;
}

/**
 * About a third of the memory and of the time of the deployed function: 30,000 instances and interfaces, with their Nodes and
 * records, take 200 MB (`npm run bench -- load`).
 */
export const USUAL_ROOM: Room = { things: 30_000, nodes: 20_000, seconds: 20 };

/** Counts what was read. `isFull`: no further part is to be read now; none is ever refused that is the first. */
export const createMeter = (room: Room, clock: Pick<Clock, 'now'>) => {
  const begin = clock.now().getTime();
  let things = 0;
  return {
    add(count: number): void {
      things += count;
    },
    things: (): number => things,
    isFull: (): boolean =>
      things >= room.things || clock.now().getTime() - begin >= room.seconds * 1000,
  };
};

export type Meter = ReturnType<typeof createMeter>;
