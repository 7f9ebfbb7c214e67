import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { createBackoff } from './agent/backoff.ts';
import { createHostController } from './agent/controller.ts';
import { messageOf } from './agent/errors.ts';
import { type HostState, parseState } from './agent/parse-state.ts';
import { hostPatch } from './agent/status.ts';
import { withSteadyUsage } from './agent/steady-usage.ts';
import { type Cluster, findInstanceId, joinCluster } from './cluster.ts';
import { readBootId } from './host/boot-id.ts';
import { createHost } from './host/create-host.ts';
import { createStateClient } from './kubernetes/state-client.ts';
import { type AgentOptions, UsageError } from './options.ts';
import { outcomeReport, planReport } from './report.ts';

/** What a one-shot run needs of its surroundings. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: NodeJS.ReadableStream;
  readonly write: (text: string) => void;
  /** A clock that only counts up. */
  readonly seconds: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** The host is as asked; it is not, or not yet; the input cannot be worked with. */
export const EXIT_CODES = { converged: 0, notConverged: 1, badInput: 2 } as const;

/** Longest a one-shot run goes on for what comes by itself: udev, the device plugin, a device that is being attached. */
const PATIENCE_SECONDS = 30;

const readDocument = async (path: string, input: NodeJS.ReadableStream): Promise<unknown> => {
  try {
    return JSON.parse(path === '-' ? await textOf(input) : await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`--desired ${path}: ${messageOf(error)}`, { cause: error });
  }
};

interface Input {
  readonly state: HostState;
  readonly cluster?: Cluster & { readonly instanceId: string };
}

const checked = (document: unknown, source: string): HostState => {
  const state = parseState(document);
  if (typeof state === 'string') throw new UsageError(`${source}: ${state}`);
  return state;
};

const readInput = async (options: AgentOptions, surroundings: Surroundings): Promise<Input> => {
  const { desired } = options;
  if (desired !== undefined)
    return {
      state: checked(await readDocument(desired, surroundings.input), `--desired ${desired}`),
    };
  const cluster = joinCluster(options, surroundings.environment);
  const instanceId = await findInstanceId(cluster, options, surroundings);
  const object = await createStateClient(cluster.api, instanceId).read();
  // No object asks for nothing: absence is never taken as a request to release.
  return {
    cluster: { ...cluster, instanceId },
    state: object === undefined ? { spec: {} } : checked(object, 'NodeENIState'),
  };
};

const print = (write: (text: string) => void, report: object): void =>
  write(`${JSON.stringify(report, undefined, 2)}\n`);

const applyInput = async (
  options: AgentOptions,
  { state, cluster }: Input,
  { write, seconds, sleep, signal }: Surroundings,
): Promise<number> => {
  const host = createHost({ ...options, ...(cluster?.plugin && { cluster: cluster.plugin }) });
  const controller = createHostController({
    host,
    settings: options.settings,
    backoff: createBackoff(seconds),
    ...(signal && { signal }),
  });
  if (options.isPlanOnly) {
    print(write, planReport(await controller.plan(state)));
    return EXIT_CODES.converged;
  }

  const endsAt = seconds() + PATIENCE_SECONDS;
  let outcome = await controller.reconcile(state);
  while (!outcome.isConverged && outcome.requeueAfterSeconds !== undefined) {
    const waitSeconds = outcome.requeueAfterSeconds;
    if (signal?.aborted === true || seconds() + waitSeconds > endsAt) break;
    await sleep(waitSeconds * 1000);
    outcome = await controller.reconcile(state);
  }

  const known = state.status?.host;
  const patch = hostPatch(known, withSteadyUsage(state.spec, known, outcome.status));
  if (cluster !== undefined && patch !== undefined)
    await createStateClient(cluster.api, cluster.instanceId).patchHost(patch);
  print(write, { ...outcomeReport(outcome), bootId: await readBootId(options.roots) });
  return outcome.isConverged ? EXIT_CODES.converged : EXIT_CODES.notConverged;
};

/**
 * `agent apply --once`: brings the host to the desired state, from the API server or from a JSON document, and writes
 * the result as JSON. Resolves with the exit code; never rejects.
 */
export const applyOnce = async (
  options: AgentOptions,
  surroundings: Surroundings,
): Promise<number> => {
  try {
    return await applyInput(options, await readInput(options, surroundings), surroundings);
  } catch (error) {
    print(surroundings.write, { converged: false, error: messageOf(error) });
    return error instanceof UsageError ? EXIT_CODES.badInput : EXIT_CODES.notConverged;
  }
};
