import { parentPort, workerData } from 'node:worker_threads';
import { tryOut } from './try-out.ts';

/** What each worker is given: the seeds, and the counter from which all of them take the next one. */
export interface Share {
  readonly from: number;
  readonly count: number;
  readonly taken: Int32Array;
  /** Failed histories are told whole: to make one smaller takes as long as many more. */
  readonly isWhole: boolean;
}

/** Told after each history. */
export interface Played {
  readonly seed: number;
  readonly failure: string | undefined;
}

const { from, count, taken, isWhole } = workerData as Share;
for (let index = Atomics.add(taken, 0, 1); index < count; index = Atomics.add(taken, 0, 1)) {
  const played: Played = { seed: from + index, failure: await tryOut(from + index, { isWhole }) };
  parentPort?.postMessage(played);
}
