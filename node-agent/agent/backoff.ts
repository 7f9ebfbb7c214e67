import { canonicalJson } from '#core/json.ts';
import type { HostAction } from './actions.ts';
import { messageOf, RefusedError } from './errors.ts';

const FIRST_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 300;

/** An action that failed, and when it is worth trying again. */
export interface Failure {
  readonly action: HostAction;
  readonly message: string;
  readonly failures: number;
  /** By the clock of the backoff; infinite for what was refused for good. */
  readonly untilSeconds: number;
}

/** What failed lately. Each failure doubles the wait, so that a broken device does not keep the host busy. */
export interface Backoff {
  /** How the action failed when it was last tried; undefined when it did not. */
  lastFailure(scope: string, action: HostAction): Failure | undefined;
  /** The same, while it still holds the action back; undefined when it may run. */
  holding(scope: string, action: HostAction): Failure | undefined;
  /** The first failure that still holds an action of this scope back; undefined when none is held. */
  holdingIn(scope: string): Failure | undefined;
  failed(scope: string, action: HostAction, error: unknown): void;
  succeeded(scope: string, action: HostAction): void;
  /** Seconds until the first of the held actions may run again; undefined when none is held. */
  secondsToNext(): number | undefined;
}

/**
 * The scope names for whom an action is: its failure does not hold back the same action for something newer. `seconds` is a
 * clock that only counts up.
 */
export const createBackoff = (seconds: () => number): Backoff => {
  const held = new Map<string, Failure>();
  const keyOf = (scope: string, action: HostAction) => `${scope} ${canonicalJson(action)}`;
  const waitSeconds = (failures: number) =>
    Math.min(FIRST_WAIT_SECONDS * 2 ** (failures - 1), LONGEST_WAIT_SECONDS);
  const lastFailure = (scope: string, action: HostAction) => held.get(keyOf(scope, action));
  const isHolding = ({ untilSeconds }: Failure): boolean => untilSeconds > seconds();
  return {
    lastFailure,
    holding(scope, action) {
      const failure = lastFailure(scope, action);
      return failure !== undefined && isHolding(failure) ? failure : undefined;
    },
    holdingIn: (scope) =>
      [...held].find(([key, failure]) => key.startsWith(`${scope} `) && isHolding(failure))?.[1],
    failed(scope, action, error) {
      const failures = (lastFailure(scope, action)?.failures ?? 0) + 1;
      const untilSeconds =
        error instanceof RefusedError
          ? Number.POSITIVE_INFINITY
          : seconds() + waitSeconds(failures);
      held.set(keyOf(scope, action), { action, message: messageOf(error), failures, untilSeconds });
    },
    succeeded(scope, action) {
      held.delete(keyOf(scope, action));
    },
    secondsToNext() {
      const waits = [...held.values()]
        .map(({ untilSeconds }) => untilSeconds - seconds())
        .filter((wait) => wait > 0 && Number.isFinite(wait));
      return waits.length === 0 ? undefined : Math.min(...waits);
    },
  };
};
