import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import type { Router } from '#operator/operator.ts';
import { routeEvents } from '#operator/route-events.ts';

/**
 * Asks for a reconcile at each instance that waits for a lifecycle hook. Called by EventBridge, or by an SQS
 * queue that the hook notifies.
 */
export const createHandler = (router: Router): LambdaHandler<unknown, void> =>
  instrument(router.telemetry, (event) => routeEvents(router, event));
