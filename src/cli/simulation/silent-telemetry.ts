import type { Telemetry } from '#operator/telemetry.ts';

const say = (): void => undefined;

/** Writes nothing: for commands that show what the world did instead of what the functions logged. */
export const silentTelemetry: Telemetry = {
  logger: { debug: say, info: say, warn: say, error: say },
  count: () => undefined,
  middlewares: [],
};
