import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import {
  type AutoScalingApi,
  createAutoScalingApi,
} from '#providers/autoscaling/auto-scaling-api.ts';
import { createEc2Api, type Ec2Api } from '#providers/ec2/ec2-api.ts';
import { USER_AGENT } from '#providers/user-agent.ts';

/** Two tries and short time-outs: what takes longer is another reconcile, not a function that waits. CloudTrail shows the name. */
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

/** What a command is told of AWS; the rest the SDK finds by its own settings: environment, profiles, `AWS_ENDPOINT_URL`. */
export interface AwsSettings {
  readonly region?: string;
  /** Sockets of one's own: through a proxy, which the SDK does not look for. */
  readonly agents?: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent };
}

export const clientSettings = ({ region, agents }: AwsSettings) => ({
  ...CLIENT_SETTINGS,
  requestHandler: { ...CLIENT_SETTINGS.requestHandler, ...agents },
  ...(region !== undefined && { region }),
});

/** The SDK's clients. */
export const createAwsApis = (settings: AwsSettings = {}): AwsApis => ({
  ec2: createEc2Api(new EC2Client(clientSettings(settings))),
  autoScaling: createAutoScalingApi(new AutoScalingClient(clientSettings(settings))),
});
