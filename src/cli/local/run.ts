import type { InstallationSettings } from '#core/instance/installation-settings.ts';
import { createHostCommandParts } from '#operator/host-command-parts.ts';
import { Complaint } from '../complaint.ts';
import { awsSettingsFor, type ConnectionOptions, connect } from '../connection.ts';
import { acquireLease } from './lease.ts';
import { createMetrics } from './metrics.ts';
import { createNodeEniView } from './node-eni-view.ts';
import { runOnce } from './once.ts';
import { createRuntime } from './runtime.ts';
import { aborted, type ServeOptions, type Surroundings, serve } from './serve.ts';

export interface LocalOptions extends ConnectionOptions, ServeOptions {
  readonly budget: number;
  /** Who configures links on hosts: agents; commands; or agents, but for NodeENIs that say otherwise. */
  readonly host?: 'agent' | 'ssm' | 'either';
  /** Where hosts fetch the agent that commands run. */
  readonly agentBundle?: string;
  readonly settings?: InstallationSettings;
  readonly isOnce: boolean;
}

const PATIENCE_SECONDS = 4;

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
    const close = await serve(runtime, metrics, options, surroundings);
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
