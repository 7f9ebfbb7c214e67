import { classifyByCode } from '../classify.ts';

/** Auto Scaling's error codes in our words ("Common errors", Amazon EC2 Auto Scaling API Reference). */
export const classifyAutoScalingError = classifyByCode({
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
});
