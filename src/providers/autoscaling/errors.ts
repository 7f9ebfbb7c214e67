import { CallError, type FailureClass } from '#core/errors.ts';

/** Auto Scaling's error codes in our words ("Common errors", Amazon EC2 Auto Scaling API Reference). */
const BY_CODE: Readonly<Record<string, FailureClass>> = {
  Throttling: 'Throttled',
  ThrottlingException: 'Throttled',
  RequestLimitExceeded: 'Throttled',
  ResourceContention: 'Throttled',
  ResourceContentionFault: 'Throttled',
  AccessDenied: 'Denied',
  AccessDeniedException: 'Denied',
  UnauthorizedOperation: 'Denied',
  ExpiredToken: 'Denied',
  NotAuthorized: 'Denied',
  OptInRequired: 'Denied',
  RequestExpired: 'Denied',
  SignatureDoesNotMatch: 'Denied',
  InvalidClientTokenId: 'Denied',
  CredentialsProviderError: 'Denied',
  // The answer for an action that nobody waits for any more.
  ValidationError: 'AlreadyDone',
};

/** Classifies whatever an Auto Scaling call threw. */
export const classifyAutoScalingError = (operation: string, error: unknown): CallError => {
  const code = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  return new CallError(BY_CODE[code] ?? 'Unknown', code, `${operation}: ${code}: ${message}`, {
    cause: error,
  });
};
