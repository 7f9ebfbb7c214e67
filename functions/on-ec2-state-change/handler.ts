import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import type { Router } from '#operator/operator.ts';
import { routeEvents } from '#operator/route-events.ts';

/** Asks for a reconcile at each instance that started, stopped, ended or is about to be interrupted. Called by EventBridge. */
export const createHandler = (router: Router): LambdaHandler<unknown, void> =>
  instrument(router.telemetry, (event) => routeEvents(router, event));
