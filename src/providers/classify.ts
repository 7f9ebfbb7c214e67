import { CallError, type FailureClass } from '#core/errors.ts';

/** Puts whatever a call threw into our words. The message reads `Operation: Code: sentence`. */
export type Classify = (operation: string, error: unknown) => CallError;

/** Codes by which a service says that it failed itself ("Common errors", EC2 API Reference: all of them 5xx). */
const OF_THE_SERVICE = /^Internal|Unavailable$|Timeout/;

/** What the SDK notes on everything that it answers with or throws. */
interface Noted {
  readonly $metadata?: {
    readonly httpStatusCode?: number;
    readonly attempts?: number;
    readonly requestId?: string;
  };
  readonly $response?: { readonly statusCode?: number };
}

const statusOf = ({ $metadata, $response }: Noted): number | undefined =>
  $metadata?.httpStatusCode ?? $response?.statusCode;

/** How often the SDK made the call, where it says so. */
export const attemptsOf = (error: unknown): number | undefined =>
  error instanceof Error ? (error as Noted).$metadata?.attempts : undefined;

/** The id by which AWS knows a request, from its answer or its error; undefined where none came. */
export const requestIdOf = (answer: unknown): string | undefined =>
  typeof answer === 'object' && answer !== null
    ? (answer as Noted).$metadata?.requestId
    : undefined;

/**
 * True when the service answered and the answer was no, whatever its code: a 4xx had no effect. What came without an
 * answer (time-outs, connection errors: the SDK calls them `…Error`, Node gives them a `code`) or with a 5xx may have had
 * one.
 */
export const isRefusal = (error: unknown): boolean => {
  if (!(error instanceof Error) || OF_THE_SERVICE.test(error.name)) return false;
  const status = statusOf(error as Noted);
  if (status !== undefined) return status >= 400 && status < 500 && status !== 408;
  return !('code' in error) && !error.name.endsWith('Error');
};

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

/** Awaits the answers of a service's calls. Out: rejects with the `CallError` of a failure, named after the operation. */
export const answersOf =
  (classify: Classify) =>
  async <T>(operation: string, answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw classify(operation, error);
    }
  };
