import { answersOf, classifyByCode } from '../classify.ts';

/**
 * Codes of EKS, STS and SSM ("Common Errors" of their API references). A cluster or parameter that is not there is
 * Unknown and not NotFound, which would read as "the object is gone" to whoever asked for one.
 */
export const classifyConnectionError = classifyByCode({
  AccessDenied: 'Denied',
  AccessDeniedException: 'Denied',
  CredentialsProviderError: 'Denied',
  ExpiredToken: 'Denied',
  ExpiredTokenException: 'Denied',
  InvalidClientTokenId: 'Denied',
  InvalidSignatureException: 'Denied',
  UnrecognizedClientException: 'Denied',
  Throttling: 'Throttled',
  ThrottlingException: 'Throttled',
  TooManyRequestsException: 'Throttled',
});

/** Awaits an answer of the services by which a cluster, or what surrounds it, is found. */
export const answered = answersOf(classifyConnectionError);
