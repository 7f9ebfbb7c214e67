/**
 * `changes`: there is something to do, now or when a wait is over. `blocked`: something that is wanted cannot be done, or
 * cannot be decided, whatever else there is to do.
 */
export type PlanOutcome = 'none' | 'changes' | 'blocked';

export const worstOf = (outcomes: readonly PlanOutcome[]): PlanOutcome => {
  if (outcomes.includes('blocked')) return 'blocked';
  return outcomes.includes('changes') ? 'changes' : 'none';
};

/** Something that is to happen or to be waited for, in a line, and how that counts. */
export interface Told {
  readonly line: string;
  readonly outcome: PlanOutcome;
}
