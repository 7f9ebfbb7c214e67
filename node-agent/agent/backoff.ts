import { canonicalJson } from '#core/json.ts';
import type { HostAction } from './actions.ts';
import { messageOf } from './errors.ts';

const FIRST_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 300;

/** An action that failed, and when it is worth trying again. */
export interface Failure {
  readonly action: HostAction;
  readonly message: string;
  readonly failures: number;
  readonly until: Date;
}

/** What failed lately. Each failure doubles the wait, so that a broken device does not keep the host busy. */
export interface Backoff {
  /** How the action failed when it was last tried; undefined when it did not. */
  lastFailure(scope: string, action: HostAction): Failure | undefined;
  /** The same, while it still holds the action back; undefined when it may run. */
  holding(scope: string, action: HostAction): Failure | undefined;
  failed(scope: string, action: HostAction, error: unknown): void;
  succeeded(scope: string, action: HostAction): void;
  /** Seconds until the first of the held actions may run again; undefined when none is held. */
  secondsToNext(): number | undefined;
}

/** The scope names for whom an action is: its failure does not hold back the same action for something newer. */
export const createBackoff = (now: () => Date): Backoff => {
  const held = new Map<string, Failure>();
  const keyOf = (scope: string, action: HostAction) => `${scope} ${canonicalJson(action)}`;
  const waitSeconds = (failures: number) =>
    Math.min(FIRST_WAIT_SECONDS * 2 ** (failures - 1), LONGEST_WAIT_SECONDS);
  const lastFailure = (scope: string, action: HostAction) => held.get(keyOf(scope, action));
  return {
    lastFailure,
    holding(scope, action) {
      const failure = lastFailure(scope, action);
      return failure !== undefined && failure.until > now() ? failure : undefined;
    },
    failed(scope, action, error) {
      const failures = (lastFailure(scope, action)?.failures ?? 0) + 1;
      const until = new Date(now().getTime() + waitSeconds(failures) * 1000);
      held.set(keyOf(scope, action), { action, message: messageOf(error), failures, until });
    },
    succeeded(scope, action) {
      held.delete(keyOf(scope, action));
    },
    secondsToNext() {
      const waits = [...held.values()]
        .map(({ until }) => (until.getTime() - now().getTime()) / 1000)
        .filter((seconds) => seconds > 0);
      return waits.length === 0 ? undefined : Math.min(...waits);
    },
  };
};
