import type { LoggedCall } from '#simulator/call-log.ts';
import type { Snapshot } from './snapshot.ts';

/** What a step is judged by. */
export interface Situation {
  /** The moment before the step's act. */
  readonly start: Snapshot;
  readonly now: Snapshot;
  /** Calls to EC2 since the step began, looks included. */
  readonly calls: readonly LoggedCall[];
}

export interface Claim {
  /** A sentence without its stop: `every instance has its interface`. */
  readonly says: string;
  readonly holds: (situation: Situation) => boolean;
}

/** One thing that somebody does, and what has to come of it. */
export interface Step {
  readonly title: string;
  /** What you do, for the timeline. Absent: nothing is done. */
  readonly deed?: string;
  readonly act?: () => unknown;
  /** What has to be true in the end, at most so many seconds after the act. */
  readonly reaches: readonly Claim[];
  readonly withinSeconds: number;
  /** What has to be true at every moment. */
  readonly keeps?: readonly Claim[];
  /** The step does not end before. */
  readonly lastsSeconds?: number;
  /** Shown when the step is done. */
  readonly report?: (now: Snapshot) => string;
}
