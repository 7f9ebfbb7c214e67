import { EC2ServiceException } from '@aws-sdk/client-ec2';

/** An error as the SDK throws it, with EC2's own code as its name. */
export const ec2Error = (name: string, message: string): EC2ServiceException =>
  new EC2ServiceException({
    name,
    message,
    $fault: name === 'InternalError' || name === 'TimeoutError' ? 'server' : 'client',
    $metadata: { httpStatusCode: name === 'RequestLimitExceeded' ? 503 : 400, attempts: 1 },
  });
