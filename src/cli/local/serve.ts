import { failureOf } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { Complaint } from '../complaint.ts';
import { startHttpServer } from './http-server.ts';
import type { Metrics } from './metrics.ts';
import type { Runtime } from './runtime.ts';

/** The process around it: its clock, its log, its output and the signal that asks it to end. */
export interface Surroundings {
  readonly clock: Clock;
  readonly logger: Telemetry['logger'];
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Where it listens, who may send events, and how often it sweeps. */
export interface ServeOptions {
  readonly cluster: string;
  readonly port: number;
  readonly bind?: string;
  /** What senders of events must know. */
  readonly token?: string;
  readonly sweepIntervalSeconds: number;
}

const SWEEP_RETRY_SECONDS = 5;

/** Resolves at the signal. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** The same runtime, which shows when a sweep last succeeded. */
const withSweepTime = (runtime: Runtime, metrics: Metrics, clock: Clock): Runtime => {
  let last: Date | undefined;
  metrics.gauge('nodeeni_last_sweep_timestamp_seconds', () =>
    last === undefined ? [] : [[{}, last.getTime() / 1000]],
  );
  return {
    ...runtime,
    async sweep() {
      await runtime.sweep();
      last = clock.now();
    },
  };
};

/** Sweeps until one succeeds. Throws a `Complaint` when AWS or the cluster refuses: that does not heal by itself. */
const sweepFirst = async (
  runtime: Runtime,
  { clock, logger, signal }: Surroundings,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      return await runtime.sweep();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (failureOf(error) === 'Denied')
        throw new Complaint(`The first sweep was refused: ${message}. Check your credentials.`);
      logger.error('first sweep failed', { error, retryAfterSeconds: SWEEP_RETRY_SECONDS });
      await clock.sleep(SWEEP_RETRY_SECONDS * 1000);
    }
  }
};

const sweepForEver = async (
  runtime: Runtime,
  seconds: number,
  { clock, logger, signal }: Surroundings,
): Promise<void> => {
  while (!signal.aborted) {
    await clock.sleep(seconds * 1000);
    if (signal.aborted) return;
    await runtime.sweep().catch((error: unknown) => logger.error('sweep failed', { error }));
  }
};

/**
 * Serves events, health and metrics, and sweeps: first until one succeeds, then for ever. Out: what closes it, once it is ready
 * or asked to end. Throws a `Complaint` as the server and the first sweep do.
 */
export const serve = async (
  served: Runtime,
  metrics: Metrics,
  options: ServeOptions,
  surroundings: Surroundings,
): Promise<() => Promise<void>> => {
  const { logger, signal, clock } = surroundings;
  const runtime = withSweepTime(served, metrics, clock);
  let missing: string | undefined = 'the watches are not filled';
  const server = await startHttpServer({
    port: options.port,
    ...(options.bind !== undefined && { bind: options.bind }),
    ...(options.token !== undefined && { token: options.token }),
    onEvent: runtime.takeEvent,
    missing: () => missing,
    metrics,
  });
  const { port } = server;
  logger.info('listening', { port });
  await Promise.race([runtime.watchCluster(), aborted(signal)]);
  missing = 'the first sweep has not run';
  try {
    await sweepFirst(runtime, surroundings);
  } catch (error) {
    await server.close();
    throw error;
  }
  if (signal.aborted) return () => server.close();
  missing = undefined;
  logger.info('ready', { cluster: options.cluster });
  void sweepForEver(runtime, options.sweepIntervalSeconds, surroundings);
  return () => server.close();
};
