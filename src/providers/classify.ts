import { CallError, type FailureClass } from '#core/errors.ts';

/** Puts whatever a call threw into our words. The message reads `Operation: Code: sentence`. */
export type Classify = (operation: string, error: unknown) => CallError;

/** A service whose codes say it all. A code that is not there is `Unknown`: it is retried, and seen in the logs. */
export const classifyByCode =
  (classes: Readonly<Record<string, FailureClass>>): Classify =>
  (operation, error) => {
    if (error instanceof CallError) return error;
    const { name: code, message } = error instanceof Error ? error : new Error(String(error));
    return new CallError(classes[code] ?? 'Unknown', code, `${operation}: ${code}: ${message}`, {
      cause: error,
    });
  };
