import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Telemetry } from './telemetry.ts';

/** A Lambda function as its runtime calls it. */
export type LambdaHandler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * Attaches everything a handler must not forget: request id, cold start, counters and the report of an
 * uncaught error. The error is thrown again, so that Lambda retries the event; the event itself is
 * never written anywhere.
 */
export const instrument = <Event, Result>(
  telemetry: Telemetry,
  handler: LambdaHandler<Event, Result>,
): LambdaHandler<Event, Result> =>
  middy<Event, Result>()
    .use([...telemetry.middlewares])
    .onError(({ error }) => {
      telemetry.count('InvocationsFailed');
      telemetry.logger.error('invocation failed', { error });
    })
    .handler(handler);
