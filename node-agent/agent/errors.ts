/** A step that did not end in time. It may still take effect later: nothing may be built on its outcome. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';

  constructor(step: string, timeoutSeconds: number) {
    super(`${step} did not end within ${timeoutSeconds} s`);
  }
}

/** A device that did not end up with the driver it was meant to have. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
}

/** The message of any thrown value. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
