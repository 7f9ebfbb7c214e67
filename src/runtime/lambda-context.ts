import type { Context } from 'aws-lambda';
import type { Clock } from '#core/ports/clock.ts';

export interface FunctionSettings {
  readonly clock: Clock;
  readonly functionName: string;
  readonly timeoutSeconds: number;
  readonly awsRequestId: string;
  readonly region?: string;
  readonly accountId?: string;
}

const unused = (): never => {
  throw new Error('a handler answers by its promise');
};

/** The context of an invocation that starts now ("Using the Lambda context object", AWS Lambda). */
export const createLambdaContext = (settings: FunctionSettings): Context => {
  const { clock, functionName, timeoutSeconds, awsRequestId } = settings;
  const { region = 'us-east-1', accountId = '123456789012' } = settings;
  const startedAt = clock.now();
  const day = startedAt.toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `${day}/[$LATEST]${awsRequestId.replaceAll('-', '')}`,
    getRemainingTimeInMillis: () =>
      Math.max(0, startedAt.getTime() + timeoutSeconds * 1000 - clock.now().getTime()),
    done: unused,
    fail: unused,
    succeed: unused,
  };
};
