import type { MiddlewareObj } from '@middy/core';
import type { Recorder } from '#core/ports/telemetry.ts';

/** Where the functions write to, and what writes it out. */
export interface Telemetry extends Recorder {
  /** What wraps one invocation, outermost first: request id, cold start, flush of counters, trace segment. */
  readonly middlewares: readonly MiddlewareObj[];
}
