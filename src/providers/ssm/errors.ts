import { classifyByCode } from '../classify.ts';

/** Run Command's error codes in our words ("SendCommand" and "GetCommandInvocation", AWS Systems Manager API Reference). */
export const classifySsmError = classifyByCode({
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
});
