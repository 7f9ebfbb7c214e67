import { CallError, type FailureClass } from '#core/errors.ts';

/** Codes of EKS, STS and SSM ("Common Errors" of their API references). */
const BY_CODE: Readonly<Record<string, FailureClass>> = {
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
};

/**
 * Classifies what an AWS call threw on the way to a cluster. A cluster or parameter that is not there is Unknown and
 * not NotFound, which would read as "the object is gone" to whoever asked for one.
 */
export const classifyConnectionError = (operation: string, error: unknown): CallError => {
  if (error instanceof CallError) return error;
  const { name: code, message } = error instanceof Error ? error : new Error(String(error));
  return new CallError(BY_CODE[code] ?? 'Unknown', code, `${operation}: ${code}: ${message}`, {
    cause: error,
  });
};
