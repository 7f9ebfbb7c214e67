import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from './servers/free-ports.ts';
import { type CommandResult, runCommand } from './servers/run-command.ts';

export type LocalOptions = {
  readonly kubeconfigFile: string;
  readonly awsUrl: string;
  readonly cluster?: string;
  readonly context?: string;
  /** As the command line takes it: `3s`, `5m`. */
  readonly sweepInterval?: string;
  readonly budget?: number;
  /** VPCs in which interfaces may be made. */
  readonly vpcIds?: readonly string[];
};

export type LocalExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type LocalProcess = {
  readonly url: string;
  readonly pid: number;
  /** All it has printed so far, on both streams. */
  readonly lines: readonly string[];
  /** Asks it to end. Out: how it ended; one that does not end is killed and shows its signal. */
  readonly stop: () => Promise<LocalExit>;
  /** Ends it as a crash would. */
  readonly kill: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const main = fileURLToPath(new URL('../../bin/nodeeni.js', import.meta.url));
const readyWithinMs = 90_000;
const politeMs = 10_000;

const clusterArgs = ({ kubeconfigFile, context = 'e2e', cluster = 'e2e' }: LocalOptions) => [
  `--kubeconfig=${kubeconfigFile}`,
  `--context=${context}`,
  `--cluster=${cluster}`,
  '--region=us-east-1',
];

const localArgs = (options: LocalOptions, port: number): readonly string[] => [
  'local',
  ...clusterArgs(options),
  `--port=${port}`,
  `--sweep-interval=${options.sweepInterval ?? '5m'}`,
  `--budget=${options.budget ?? 0.5}`,
  ...(options.vpcIds === undefined ? [] : ['--vpc', ...options.vpcIds]),
];

/** The SDK's own settings: how any AWS client is told of another endpoint. */
const environmentFor = ({ awsUrl }: LocalOptions): NodeJS.ProcessEnv => ({
  ...process.env,
  AWS_ENDPOINT_URL: awsUrl,
  AWS_ACCESS_KEY_ID: 'e2e',
  AWS_SECRET_ACCESS_KEY: 'e2e',
  AWS_EC2_METADATA_DISABLED: 'true',
});

const isRunning = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

const collectLines = (streams: readonly Readable[]): readonly string[] => {
  const lines: string[] = [];
  for (const input of streams) createInterface({ input }).on('line', (line) => lines.push(line));
  return lines;
};

const waitUntilHealthy = async (url: string, child: ChildProcess): Promise<string | undefined> => {
  const deadline = Date.now() + readyWithinMs;
  while (isRunning(child)) {
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.status === 200) return undefined;
    if (Date.now() >= deadline) return `was not healthy within ${readyWithinMs / 1000} s`;
    await sleep(25);
  }
  return `exited with ${child.exitCode ?? child.signalCode}`;
};

/**
 * Starts `nodeeni local` as its users do. In: how to reach the cluster and AWS. Out: its URL and how
 * to end it, given once `/healthz` says that its watches are filled and its first sweep has run. An
 * error carries the last lines it printed.
 */
export const startLocal = async (options: LocalOptions): Promise<LocalProcess> => {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(main, localArgs(options, port), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environmentFor(options),
  });
  const lines = collectLines([child.stdout, child.stderr]);
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  const exited = new Promise<LocalExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('close', () => process.off('exit', killNow));
  });

  const kill = async (): Promise<void> => {
    killNow();
    await exited;
  };
  const stop = async (): Promise<LocalExit> => {
    child.kill('SIGTERM');
    const patience = setTimeout(killNow, politeMs);
    const exit = await exited;
    clearTimeout(patience);
    return exit;
  };

  const trouble = await waitUntilHealthy(url, child);
  if (trouble !== undefined) {
    await kill();
    throw new Error(`nodeeni local ${trouble}. It printed:\n${lines.slice(-20).join('\n')}`);
  }
  return { url, pid: child.pid ?? 0, lines, stop, kill, [Symbol.asyncDispose]: kill };
};

/** Runs `nodeeni local --once` to its end. Out: all it printed and its exit code. */
export const runLocalOnce = (options: LocalOptions): Promise<CommandResult> =>
  runCommand(main, [...localArgs(options, 0), '--once'], {
    env: environmentFor(options),
  });

/** Runs any other command of `nodeeni` against the same cluster and AWS: `adopt`, `plan`, `gc`. */
export const runNodeeni = (
  options: LocalOptions,
  command: string,
  ...args: readonly string[]
): Promise<CommandResult> =>
  runCommand(main, [command, ...clusterArgs(options), ...args], {
    env: environmentFor(options),
  });
