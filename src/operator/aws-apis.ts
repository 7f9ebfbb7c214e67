import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { CallError } from '#core/errors.ts';
import {
  type AutoScalingApi,
  createAutoScalingApi,
} from '#providers/autoscaling/auto-scaling-api.ts';
import { createEc2Api, type Ec2Api } from '#providers/ec2/ec2-api.ts';
import { USER_AGENT } from '#providers/user-agent.ts';

/** Two tries and short time-outs: what takes longer is another look, not a function that waits. CloudTrail shows the name. */
export const CLIENT_SETTINGS = {
  maxAttempts: 2,
  customUserAgent: USER_AGENT,
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 10_000 },
} as const;

/** AWS as every controller sees it. */
export interface AwsApis {
  readonly ec2: Ec2Api;
  readonly autoScaling: AutoScalingApi;
}

/** The SDK's clients by its own settings: environment, profiles, `AWS_ENDPOINT_URL`. */
export const createAwsApis = ({ region }: { readonly region?: string } = {}): AwsApis => {
  const settings = { ...CLIENT_SETTINGS, ...(region !== undefined && { region }) };
  return {
    ec2: createEc2Api(new EC2Client(settings)),
    autoScaling: createAutoScalingApi(new AutoScalingClient(settings)),
  };
};

/**
 * Finds out whether the SDK knows a region and credentials, without a call to EC2. Throws `CallError` Invalid or
 * Denied with a sentence that says what to do.
 */
export const checkAwsSettings = async ({
  region,
}: {
  readonly region?: string;
} = {}): Promise<void> => {
  const { config } = new EC2Client({ ...CLIENT_SETTINGS, ...(region !== undefined && { region }) });
  await config.region().catch((cause: unknown) => {
    const message = 'No AWS region is set. Give --region or set AWS_REGION.';
    throw new CallError('Invalid', 'NoRegion', message, { cause });
  });
  await config.credentials().catch((cause: unknown) => {
    const message =
      'No AWS credentials were found. Set AWS_PROFILE, or log in with "aws sso login", and try again.';
    throw new CallError('Denied', 'NoCredentials', message, { cause });
  });
};
