import { AutoScalingServiceException } from '@aws-sdk/client-auto-scaling';

/** An error as the SDK throws it, with Auto Scaling's own code as its name. */
export const autoScalingError = (name: string, message: string): AutoScalingServiceException =>
  new AutoScalingServiceException({
    name,
    message,
    $fault: 'client',
    $metadata: { httpStatusCode: 400, attempts: 1 },
  });
