import { CallError, type FailureClass } from '#core/errors.ts';

/** Run Command's error codes in our words ("SendCommand" and "GetCommandInvocation", AWS Systems Manager API Reference). */
const BY_CODE: Readonly<Record<string, FailureClass>> = {
  Throttling: 'Throttled',
  ThrottlingException: 'Throttled',
  RequestLimitExceeded: 'Throttled',
  TooManyUpdates: 'Throttled',
  // The instance does not run, or its SSM Agent has not registered: both pass, or a person mends them.
  InvalidInstanceId: 'NotReady',
  // The invocation is not visible yet.
  InvocationDoesNotExist: 'NotReady',
  InvalidCommandId: 'NotFound',
  AccessDenied: 'Denied',
  AccessDeniedException: 'Denied',
  ExpiredTokenException: 'Denied',
  UnrecognizedClientException: 'Denied',
  CredentialsProviderError: 'Denied',
  InvalidDocument: 'Invalid',
  InvalidDocumentVersion: 'Invalid',
  InvalidParameters: 'Invalid',
  UnsupportedPlatformType: 'Invalid',
  ValidationException: 'Invalid',
};

/** Classifies whatever a call of Run Command threw. */
export const classifySsmError = (operation: string, error: unknown): CallError => {
  if (error instanceof CallError) return error;
  const code = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  return new CallError(BY_CODE[code] ?? 'Unknown', code, `${operation}: ${code}: ${message}`, {
    cause: error,
  });
};
