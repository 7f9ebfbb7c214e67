import { EC2Client } from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';
import { CallError, failureOf } from '#core/errors.ts';
import { classifyConnectionError } from '#providers/kubernetes/connection-errors.ts';
import { createCallerApi } from '#providers/sts/sts-api.ts';
import { type AwsSettings, clientSettings } from './aws-apis.ts';

/** Where AWS calls go, and for whom. */
export interface Caller {
  readonly region: string;
  /** Absent where STS cannot be reached: private clusters need no way to it. */
  readonly account?: string;
}

/**
 * Finds out whether the SDK knows a region and credentials, and asks STS whose they are. Throws `CallError` Invalid or
 * Denied with a sentence that says what to do.
 */
export const readCaller = async (settings: AwsSettings = {}): Promise<Caller> => {
  const { config } = new EC2Client(clientSettings(settings));
  const region = await config.region().catch((cause: unknown) => {
    const message = 'No AWS region is set. Give --region or set AWS_REGION.';
    throw new CallError('Invalid', 'NoRegion', message, { cause });
  });
  await config.credentials().catch((cause: unknown) => {
    const message =
      'No AWS credentials were found. Set AWS_PROFILE, or log in with "aws sso login", and try again.';
    throw new CallError('Denied', 'NoCredentials', message, { cause });
  });
  try {
    const api = createCallerApi(new STSClient({ ...clientSettings(settings), region }));
    return { region, account: await api.getCallerAccount() };
  } catch (cause) {
    const error = classifyConnectionError('GetCallerIdentity', cause);
    // It needs no permission ("GetCallerIdentity", AWS STS API Reference), so a policy's refusal says nothing of others.
    const isPolicy = error.code.startsWith('AccessDenied');
    if (failureOf(error) !== 'Denied' || isPolicy) return { region };
    const message = `AWS does not accept your credentials: ${error.message}. Log in again, or set AWS_PROFILE.`;
    throw new CallError('Denied', error.code, message, { cause });
  }
};
