import { CallError, type FailureClass } from '#core/errors.ts';
import { attemptsOf, isRefusal } from '../classify.ts';

/**
 * EC2's error codes in our words ("Error codes for the Amazon EC2 API"). One that is not here is `Refused` when EC2
 * answered with it, and seen in the logs.
 */
const BY_CODE: Readonly<Record<string, FailureClass>> = {
  RequestLimitExceeded: 'Throttled',
  Throttling: 'Throttled',
  ThrottlingException: 'Throttled',
  ThrottledException: 'Throttled',
  EC2ThrottledException: 'Throttled',
  TooManyRequestsException: 'Throttled',
  'InvalidNetworkInterfaceID.NotFound': 'NotFound',
  'InvalidInstanceID.NotFound': 'NotFound',
  'InvalidAttachmentID.NotFound': 'NotFound',
  'InvalidSubnetID.NotFound': 'NotFound',
  'InvalidGroup.NotFound': 'NotFound',
  IncorrectState: 'NotReady',
  IncorrectInstanceState: 'NotReady',
  'InvalidNetworkInterface.InUse': 'NotReady',
  AttachmentLimitExceeded: 'Capacity',
  NetworkInterfaceLimitExceeded: 'Capacity',
  InsufficientFreeAddressesInSubnet: 'Capacity',
  InsufficientCidrBlocks: 'Capacity',
  PrivateIpAddressLimitExceeded: 'Capacity',
  SecurityGroupsPerInterfaceLimitExceeded: 'Capacity',
  TagLimitExceeded: 'Capacity',
  UnauthorizedOperation: 'Denied',
  AccessDenied: 'Denied',
  AccessDeniedException: 'Denied',
  OperationNotPermitted: 'Denied',
  AuthFailure: 'Denied',
  ExpiredToken: 'Denied',
  RequestExpired: 'Denied',
  InvalidClientTokenId: 'Denied',
  SignatureDoesNotMatch: 'Denied',
  CredentialsProviderError: 'Denied',
  IdempotentParameterMismatch: 'Mismatch',
  MissingParameter: 'Invalid',
  ValidationError: 'Invalid',
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

/** EC2 gives one code to several meanings; only the sentence tells them apart ("AttachNetworkInterface", "DeleteNetworkInterface"). */
const bySentence = (message: string): FailureClass => {
  if (/already has an interface attached at device index/i.test(message)) return 'Conflict';
  if (/currently in use/i.test(message)) return 'NotReady';
  return 'Invalid';
};

const classOf = (code: string, message: string, error: unknown): FailureClass => {
  const known = BY_CODE[code];
  if (known !== undefined) return known;
  if (code.endsWith('.NotFound')) return 'NotFound';
  if (code.startsWith('InvalidParameter')) return bySentence(message);
  if (code.endsWith('.Malformed')) return 'Invalid';
  return isRefusal(error) ? 'Refused' : 'Unknown';
};

/** Classifies whatever an EC2 call threw. The message reads `Operation: Code: sentence`. */
export const classifyEc2Error = (operation: string, error: unknown): CallError => {
  if (error instanceof CallError) return error;
  const code = nameOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const advice =
    code === 'CredentialsProviderError'
      ? ' Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
      : '';
  const failure = classOf(code, message, error);
  const named = failure === 'Conflict' ? 'DeviceIndexInUse' : code;
  return new CallError(failure, named, `${operation}: ${code}: ${message}${advice}`, {
    cause: error,
    attempts: attemptsOf(error),
  });
};
