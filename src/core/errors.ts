import { withoutCredentials } from './without-credentials.ts';

/**
 * Every failure of an outside call, in the words the controllers decide by.
 *
 * - `Throttled`: the budget or AWS says "not now"
 * - `NotFound`: the thing is gone; deletes take it as done
 * - `AlreadyDone`: the call's effect is already there
 * - `NotReady`: an instance still pending, an ENI not visible yet
 * - `Conflict`: a device index or resourceVersion taken by someone else
 * - `Capacity`: a limit or an empty subnet
 * - `Denied`: IAM, RBAC or an operator's ownership
 * - `Invalid`: the parameters will never do
 * - `Mismatch`: a ClientToken used with other parameters
 * - `Refused`: the service said no by a code that nobody listed; the call had no effect
 * - `Unknown`: no answer came, or the service failed: the call may have had its effect. Retried
 */
export type FailureClass =
  | 'Throttled'
  | 'NotFound'
  | 'AlreadyDone'
  | 'NotReady'
  | 'Conflict'
  | 'Capacity'
  | 'Denied'
  | 'Invalid'
  | 'Mismatch'
  | 'Refused'
  | 'Unknown';

/** How a class is treated: the condition reason people see, and when the next try is worth its call. */
export interface FailureRule {
  readonly reason: string;
  readonly retryAfterSeconds: number;
  /** True when waiting longer each time is right, because nothing but a person will change it. */
  readonly isEscalating: boolean;
}

export const FAILURE_RULES: Readonly<Record<FailureClass, FailureRule>> = {
  Throttled: { reason: 'Throttled', retryAfterSeconds: 15, isEscalating: false },
  NotFound: { reason: 'NotFound', retryAfterSeconds: 15, isEscalating: false },
  AlreadyDone: { reason: 'AlreadyDone', retryAfterSeconds: 15, isEscalating: false },
  NotReady: { reason: 'NotReady', retryAfterSeconds: 15, isEscalating: false },
  Conflict: { reason: 'Conflict', retryAfterSeconds: 15, isEscalating: false },
  Capacity: { reason: 'CapacityExceeded', retryAfterSeconds: 300, isEscalating: true },
  Denied: { reason: 'AccessDenied', retryAfterSeconds: 300, isEscalating: true },
  Invalid: { reason: 'InvalidRequest', retryAfterSeconds: 300, isEscalating: true },
  Mismatch: { reason: 'IdempotentParameterMismatch', retryAfterSeconds: 60, isEscalating: true },
  Refused: { reason: 'Refused', retryAfterSeconds: 60, isEscalating: true },
  Unknown: { reason: 'Error', retryAfterSeconds: 15, isEscalating: true },
};

/** Enough for every sentence of AWS and Kubernetes; what is longer quotes a request. */
const MOST_CHARACTERS = 1_000;

/**
 * A classified failure of an outside call. Its message goes into logs, conditions and Events, so it is cut and carries no
 * credential, whoever wrote it. The original error is the `cause`.
 */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly failure: FailureClass;
  /** The service's own code, for people: `InsufficientFreeAddressesInSubnet`. */
  readonly code: string;
  /** Seconds after which the call may succeed, where the refuser knows. */
  readonly retryAfterSeconds: number;
  /** How often the SDK made the call before it gave up: of the attempts before the last nobody knows the answer. */
  readonly attempts: number;

  constructor(
    failure: FailureClass,
    code: string,
    message: string,
    options: ErrorOptions & {
      readonly retryAfterSeconds?: number;
      readonly attempts?: number | undefined;
    } = {},
  ) {
    super(withoutCredentials(message).slice(0, MOST_CHARACTERS).toWellFormed(), options);
    this.failure = failure;
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds ?? FAILURE_RULES[failure].retryAfterSeconds;
    this.attempts = options.attempts ?? 1;
  }
}

/** The failure class of any thrown value; what nobody classified is `Unknown` and retried. */
export const failureOf = (error: unknown): FailureClass =>
  error instanceof CallError ? error.failure : 'Unknown';

/** Resolves to undefined when the thing is not there, so that deletes are safe to repeat. */
export const ignoreNotFound = async <T>(call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call;
  } catch (error) {
    if (failureOf(error) === 'NotFound') return undefined;
    throw error;
  }
};

/** An error nobody classified is treated as Unknown, with its own text. */
export const asCallError = (error: unknown): CallError =>
  error instanceof CallError
    ? error
    : new CallError('Unknown', 'Error', error instanceof Error ? error.message : String(error), {
        cause: error,
      });
