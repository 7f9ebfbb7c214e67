import { EC2ServiceException } from '@aws-sdk/client-ec2';

/** Codes of EC2 that are no refusal ("Error codes for the Amazon EC2 API", server errors). */
const SERVER_STATUS: Readonly<Record<string, number>> = {
  InternalError: 500,
  InternalFailure: 500,
  RequestLimitExceeded: 503,
  ServiceUnavailable: 503,
  Unavailable: 503,
};

/** An error as the SDK throws it, with EC2's own code as its name. An answer that never came has no status. */
export const ec2Error = (name: string, message: string): EC2ServiceException => {
  const status = name === 'TimeoutError' ? undefined : (SERVER_STATUS[name] ?? 400);
  return new EC2ServiceException({
    name,
    message,
    $fault: (status ?? 500) < 500 ? 'client' : 'server',
    $metadata: { ...(status !== undefined && { httpStatusCode: status }), attempts: 1 },
  });
};
