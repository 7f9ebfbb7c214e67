import { describe, expect, it } from 'vitest';
import { CallError, type FailureClass } from '#core/errors.ts';
import { classifyEc2Error } from '#providers/ec2/errors.ts';
import { ec2Error } from '#simulator/ec2/errors.ts';

/** Written out from "Error codes for the Amazon EC2 API", by what the product must do about each. */
const CODES: Readonly<Record<Exclude<FailureClass, 'AlreadyDone' | 'Conflict'>, string[]>> = {
  Throttled: [
    'RequestLimitExceeded',
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'EC2ThrottledException',
    'TooManyRequestsException',
  ],
  NotFound: [
    'InvalidNetworkInterfaceID.NotFound',
    'InvalidInstanceID.NotFound',
    'InvalidAttachmentID.NotFound',
    'InvalidSubnetID.NotFound',
    'InvalidGroup.NotFound',
    'InvalidSecurityGroupID.NotFound',
  ],
  NotReady: ['IncorrectState', 'IncorrectInstanceState', 'InvalidNetworkInterface.InUse'],
  Capacity: [
    'AttachmentLimitExceeded',
    'NetworkInterfaceLimitExceeded',
    'InsufficientFreeAddressesInSubnet',
    'PrivateIpAddressLimitExceeded',
    'SecurityGroupsPerInterfaceLimitExceeded',
    'TagLimitExceeded',
  ],
  Denied: [
    'UnauthorizedOperation',
    'AccessDenied',
    'AccessDeniedException',
    'OperationNotPermitted',
    'AuthFailure',
    'ExpiredToken',
    'RequestExpired',
    'InvalidClientTokenId',
    'SignatureDoesNotMatch',
    'CredentialsProviderError',
  ],
  Mismatch: ['IdempotentParameterMismatch'],
  Invalid: [
    'MissingParameter',
    'ValidationError',
    'InvalidParameter',
    'InvalidParameterValue',
    'InvalidParameterCombination',
    'InvalidNetworkInterfaceId.Malformed',
    'InvalidInstanceID.Malformed',
  ],
  Refused: ['ANewCode', 'TagPolicyViolation', 'InvalidSecurity.RequestHasExpired'],
  Unknown: [
    'InternalError',
    'InternalFailure',
    'Unavailable',
    'ServiceUnavailable',
    'TimeoutError',
  ],
};

const cases = Object.entries(CODES).flatMap(([failure, codes]) =>
  codes.map((code) => ({ failure, code })),
);

describe('classifyEc2Error', () => {
  it.each(cases)('takes $code for $failure', ({ failure, code }) => {
    const thrown = ec2Error(code, 'a sentence');

    const error = classifyEc2Error('CreateTags', thrown);

    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ failure, code, cause: thrown });
    expect(error.message).toContain(`CreateTags: ${code}: a sentence`);
  });

  it.each([
    {
      message: "Instance 'i-1' already has an interface attached at device index '2'.",
      failure: 'Conflict',
      code: 'DeviceIndexInUse',
    },
    {
      message: "Network interface 'eni-1' is currently in use.",
      failure: 'NotReady',
      code: 'InvalidParameterValue',
    },
    { message: 'Value (x) is invalid.', failure: 'Invalid', code: 'InvalidParameterValue' },
  ])('tells $failure from "$message"', ({ message, failure, code }) => {
    const error = classifyEc2Error(
      'AttachNetworkInterface',
      ec2Error('InvalidParameterValue', message),
    );

    expect(error).toMatchObject({ failure, code });
  });

  it.each([
    {
      what: 'a refused connection',
      thrown: Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), {
        code: 'ECONNREFUSED',
      }),
    },
    {
      what: 'a reset connection',
      thrown: Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
    },
    { what: 'a time-out', thrown: Object.assign(new Error('slow'), { name: 'TimeoutError' }) },
    { what: 'a thrown string', thrown: 'broken' },
    { what: 'nothing at all', thrown: undefined },
  ])('takes $what for Unknown, which is tried again soon', ({ thrown }) => {
    const error = classifyEc2Error('CreateTags', thrown);

    expect(error).toMatchObject({ failure: 'Unknown', retryAfterSeconds: 15, cause: thrown });
    expect(error.message).toContain(thrown instanceof Error ? thrown.message : String(thrown));
  });

  it('says what to set when there are no credentials', () => {
    const error = classifyEc2Error('CreateTags', ec2Error('CredentialsProviderError', 'none'));

    expect(error.message).toContain('Set AWS_PROFILE');
  });

  it('leaves alone what is classified already', () => {
    const classified = new CallError('Capacity', 'NoMore', 'no more');

    expect(classifyEc2Error('CreateTags', classified)).toBe(classified);
  });
});
