/** A step that did not end in time. It may still take effect later: nothing may be built on its outcome. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';

  constructor(step: string, timeoutSeconds: number) {
    super(`${step} did not end within ${timeoutSeconds} s`);
  }
}

/** A device that was taken away since the host was observed; another one may be at its address. */
export class DeviceGoneError extends Error {
  override readonly name = 'DeviceGoneError';

  constructor(pciAddress: string) {
    super(`the device at ${pciAddress} was taken away`);
  }
}

/** A device that did not end up with the driver it was meant to have. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
}

/** What was asked for cannot be had here, and asking again changes nothing but the traffic that it disturbs. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The message of any thrown value. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
