import { failureOf } from '#core/errors.ts';
import type { InstallationSettings } from '#core/instance/installation-settings.ts';
import type { Clock } from '#core/ports/clock.ts';
import { createHostCommandParts } from '#operator/host-command-parts.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { Complaint } from '../complaint.ts';
import { awsSettingsFor, type ConnectionOptions, connect } from '../connection.ts';
import { startHttpServer } from './http-server.ts';
import { acquireLease } from './lease.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createNodeEniView } from './node-eni-view.ts';
import { runOnce } from './once.ts';
import { createRuntime, type Runtime } from './runtime.ts';

export interface LocalOptions extends ConnectionOptions {
  readonly port: number;
  readonly bind?: string;
  /** What senders of events must know. */
  readonly token?: string;
  readonly sweepIntervalSeconds: number;
  readonly budget: number;
  /** Who configures links on hosts: agents; commands; or agents, but for NodeENIs that say otherwise. */
  readonly host?: 'agent' | 'ssm' | 'either';
  /** Where hosts fetch the agent that commands run. */
  readonly agentBundle?: string;
  readonly settings?: InstallationSettings;
  readonly isOnce: boolean;
}

/** The process around it: its clock, its log, its output and the signal that asks it to end. */
export interface Surroundings {
  readonly clock: Clock;
  readonly logger: Telemetry['logger'];
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

const PATIENCE_SECONDS = 4;
const SWEEP_RETRY_SECONDS = 5;

const aborted = (signal: AbortSignal): Promise<void> =>
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

/** Throws a `Complaint` when commands are to be sent and nobody says where hosts find the agent. */
const hostCommandsFor = async (options: LocalOptions) => {
  const { host = 'agent', agentBundle } = options;
  if (host === 'agent') return undefined;
  if (agentBundle === undefined || !URL.canParse(agentBundle))
    throw new Complaint(
      `Commands need the address of the agent: --agent-bundle https://… ("sst deploy" prints it as agentBundleUrl).`,
    );
  const settings = { isUsual: host === 'ssm', bundleUrl: agentBundle };
  return createHostCommandParts({ ...settings, ...awsSettingsFor(options) });
};

const serve = async (
  runtime: Runtime,
  metrics: Metrics,
  options: LocalOptions,
  surroundings: Surroundings,
): Promise<() => Promise<void>> => {
  const { logger } = surroundings;
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
  await Promise.race([runtime.watchCluster(), aborted(surroundings.signal)]);
  missing = 'the first sweep has not run';
  try {
    await sweepFirst(runtime, surroundings);
  } catch (error) {
    await server.close();
    throw error;
  }
  missing = undefined;
  logger.info('ready', { cluster: options.cluster });
  void sweepForEver(runtime, options.sweepIntervalSeconds, surroundings);
  return () => server.close();
};

/**
 * Runs the functions against a cluster and AWS until the signal aborts, or once. Out: the exit code. Throws a
 * `Complaint` when it cannot start or must not go on.
 */
export const runLocal = async (
  options: LocalOptions,
  surroundings: Surroundings,
): Promise<number> => {
  const { clock, logger, signal, write } = surroundings;
  const runCommand = await hostCommandsFor(options);
  const connection = await connect(options);
  const metrics = createMetrics();
  const lease = await acquireLease(connection.kubernetes, clock, signal);
  const view = createNodeEniView();
  const runtime = createRuntime({
    view,
    connection: {
      ...connection,
      ec2: metrics.counted('ec2', connection.ec2),
      autoScaling: metrics.counted('autoscaling', connection.autoScaling),
    },
    clock,
    telemetry: { logger, count: metrics.count, middlewares: [] },
    clusterName: options.cluster,
    budget: options.budget,
    ...(options.settings && { settings: options.settings }),
    ...(runCommand && {
      runCommand: { ...runCommand, ssm: metrics.counted('ssm', runCommand.ssm) },
    }),
  });
  metrics.gauge('nodeeni_messages_pending', () => [[{}, runtime.pending()]]);
  metrics.gauge('nodeeni_interfaces', view.interfaces);
  metrics.gauge('nodeeni_ready', view.ready);

  const work = async (): Promise<number> => {
    if (options.isOnce) return (await runOnce(runtime, clock, write)) ? 0 : 1;
    const timed = withSweepTime(runtime, metrics, clock);
    const close = await serve(timed, metrics, options, surroundings);
    await aborted(signal);
    await close();
    return 0;
  };

  try {
    return await Promise.race([
      work(),
      lease.lost.then((complaint) => {
        throw complaint;
      }),
    ]);
  } finally {
    await Promise.race([runtime.stop(), clock.sleep(PATIENCE_SECONDS * 1000)]);
    await Promise.race([lease.release(), clock.sleep(500)]);
  }
};
