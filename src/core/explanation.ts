import { CallError, FAILURE_RULES } from './errors.ts';

/** Why nothing comes of something: a reason for programs, and a sentence for people. */
export interface Explanation {
  readonly reason: string;
  readonly message: string;
}

const asCallError = (error: unknown): CallError =>
  error instanceof CallError
    ? error
    : new CallError('Unknown', 'Error', error instanceof Error ? error.message : String(error));

/** What is to be told of an error; undefined for one that passes by itself. */
export const explanationOf = (error: unknown): Explanation | undefined => {
  const { failure, message } = asCallError(error);
  const { reason, isEscalating } = FAILURE_RULES[failure];
  return isEscalating ? { reason, message } : undefined;
};

/** What is to be told of an error where something must be, also of one that passes by itself. */
export const explanationOrError = (error: unknown): Explanation =>
  explanationOf(error) ?? { reason: 'Error', message: asCallError(error).message };
