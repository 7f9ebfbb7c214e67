/** An error as the SDK throws it, by Systems Manager's own code. */
class SsmError extends Error {
  readonly $fault = 'client';
  readonly $metadata = { httpStatusCode: 400, attempts: 1 };
}

/**
 * The error of a refused call. The SDK's own class would load its whole client at each start of the command line, and
 * nobody asks for more than the name.
 */
export const ssmError = (code: string, message: string): Error =>
  Object.assign(new SsmError(message), { name: code });
