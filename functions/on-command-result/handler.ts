import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import type { Router } from '#operator/operator.ts';
import { routeEvents } from '#operator/route-events.ts';

/** Asks for a reconcile at each instance on which a command of ours has ended; the reconcile reads the result. Called by EventBridge. */
export const createHandler = (router: Router): LambdaHandler<unknown, void> =>
  instrument(router.telemetry, (event) => routeEvents(router, event));
