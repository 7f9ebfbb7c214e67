import type { Clock } from '#core/ports/clock.ts';
import type { Telemetry } from '#operator/telemetry.ts';

/** What one function was run for. */
export interface Usage {
  readonly invocations: number;
  /** Sum over its invocations. */
  readonly seconds: number;
}

interface Invocation {
  readonly context: { readonly functionName: string };
}

/** A telemetry like the one given that counts how often and how long each function runs, in the clock's time. */
export const createMeter = (clock: Clock, inner: Telemetry) => {
  const begun = new WeakMap<object, number>();
  const usages = new Map<string, Usage>();

  const end = (request: Invocation): void => {
    const beganAt = begun.get(request) ?? clock.now().getTime();
    const { functionName } = request.context;
    const { invocations, seconds } = usages.get(functionName) ?? { invocations: 0, seconds: 0 };
    usages.set(functionName, {
      invocations: invocations + 1,
      seconds: seconds + (clock.now().getTime() - beganAt) / 1000,
    });
  };

  const middleware: Telemetry['middlewares'][number] = {
    before: (request) => void begun.set(request, clock.now().getTime()),
    after: end,
    onError: end,
  };
  const telemetry: Telemetry = { ...inner, middlewares: [...inner.middlewares, middleware] };
  return { telemetry, usages: (): ReadonlyMap<string, Usage> => new Map(usages) };
};
