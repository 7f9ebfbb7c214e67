import type { Random } from '#simulator/random.ts';
import type { Stage } from '../stage.ts';

/** What a situation is drawn with, as data; each takes of it what it needs. */
export interface Circumstances {
  /** Which node or interface it is about, counted among those that are there then. */
  readonly position: number;
  /** How long it lasts, or how long until its second half. */
  readonly forSeconds: number;
  /** Among several ways in which it may go: 0 to 1. */
  readonly way: number;
}

/** Something that happens in the surroundings of real clusters. Resolves when it is over. */
export type Situation = (stage: Stage, circumstances: Circumstances) => Promise<void> | void;

export const drawCircumstances = (random: Random): Circumstances => ({
  position: random.int(6),
  forSeconds: 30 + random.int(600),
  way: random.next(),
});
