import type { CallError } from '#core/errors.ts';
import type { Cause } from '#core/ports/cause.ts';
import type { LogFields, TelemetryLogger } from '#core/ports/telemetry.ts';
import { type Classify, requestIdOf } from './classify.ts';

/** A call that changes something: its name at AWS, for whom it is made, and what of the answer belongs in the log. */
export interface Change<Answer> {
  readonly call: string;
  readonly cause: Cause;
  readonly send: () => Promise<Answer>;
  readonly facts?: (answer: Answer) => LogFields;
}

/** Refusals that mean that there is nothing left to do. */
const AS_GOOD_AS_DONE: readonly CallError['failure'][] = ['AlreadyDone', 'NotFound'];

/**
 * Makes changing calls of one service and writes one line about each: `call made` or `call refused`, with who it is for, why, and
 * the request id by which CloudTrail and AWS Support know it. Rejects with a classified `CallError`.
 */
export const loggedChanges =
  (logger: TelemetryLogger, classify: Classify) =>
  async <Answer>({ call, cause, send, facts }: Change<Answer>): Promise<Answer> => {
    try {
      const answer = await send();
      const requestId = requestIdOf(answer);
      logger.info('call made', { call, ...cause, ...facts?.(answer), requestId });
      return answer;
    } catch (error) {
      const refusal = classify(call, error);
      const { code, message } = refusal;
      const level = AS_GOOD_AS_DONE.includes(refusal.failure) ? 'info' : 'warn';
      const requestId = requestIdOf(error);
      logger[level]('call refused', { call, ...cause, code, error: message, requestId });
      throw refusal;
    }
  };
