import { describe, expect, it } from 'vitest';
import { classifyAutoScalingError } from '#providers/autoscaling/errors.ts';
import { autoScalingError } from '#simulator/autoscaling/errors.ts';

/** Written out from "Common errors" of the Auto Scaling API Reference. */
const CODES = {
  Throttled: [
    'Throttling',
    'ThrottlingException',
    'RequestLimitExceeded',
    'ResourceContention',
    'ResourceContentionFault',
  ],
  Denied: [
    'AccessDenied',
    'AccessDeniedException',
    'UnauthorizedOperation',
    'ExpiredToken',
    'InvalidClientTokenId',
    'CredentialsProviderError',
  ],
  AlreadyDone: ['ValidationError'],
  Unknown: ['InternalFailure', 'ServiceUnavailable', 'TimeoutError', 'ANewCode'],
};

const cases = Object.entries(CODES).flatMap(([failure, codes]) =>
  codes.map((code) => ({ failure, code })),
);

describe('classifyAutoScalingError', () => {
  it.each(cases)('takes $code for $failure', ({ failure, code }) => {
    const thrown = autoScalingError(code, 'a sentence');

    const error = classifyAutoScalingError('DescribeLifecycleHooks', thrown);

    expect(error).toMatchObject({
      name: 'CallError',
      failure,
      code,
      message: `DescribeLifecycleHooks: ${code}: a sentence`,
      cause: thrown,
    });
  });

  it.each([
    { thrown: new Error('connect ECONNREFUSED 10.0.0.1:443'), said: 'ECONNREFUSED' },
    { thrown: 'broken', said: 'broken' },
  ])('takes $thrown for Unknown', ({ thrown, said }) => {
    const error = classifyAutoScalingError('DescribeLifecycleHooks', thrown);

    expect(error).toMatchObject({ failure: 'Unknown', code: 'Error' });
    expect(error.message).toContain(said);
  });
});
