import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { REGION } from '#test/support/deployed/place.ts';
import { ACCOUNT_ID } from '#test/support/infra/aws-stand-in.ts';
import { ROOT } from '#test/support/infra/platform.ts';

/** SST must fetch nothing, and tell nobody that it ran. */
const OFFLINE = {
  SST_SKIP_DEPENDENCY_CHECK: '1',
  SST_NO_BUN: '1',
  SST_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  PULUMI_SKIP_UPDATE_CHECK: 'true',
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  AWS_EC2_METADATA_DISABLED: 'true',
  NO_COLOR: '1',
};

export type SstResult = { readonly code: number; readonly output: string };

export type SstRun = {
  readonly result: Promise<SstResult>;
  /** What Ctrl-C does in a terminal: everybody in the group is asked to end. */
  readonly interrupt: () => void;
  /** Ends it and all that it started at once, as a machine does that loses its power. */
  readonly kill: () => void;
};

export type SstOptions = {
  readonly project: string;
  readonly awsUrl: string;
  readonly environment: Readonly<Record<string, string>>;
};

/** Starts SST's own command. In: its arguments, such as `deploy`, and the stage. */
export const startSst = (
  { project, awsUrl, environment }: SstOptions,
  args: readonly string[],
): SstRun => {
  const child = spawn(join(ROOT, 'node_modules', '.bin', 'sst'), args, {
    cwd: project,
    // A group of its own, so that the engine and its plugins can be ended with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...OFFLINE,
      AWS_ACCESS_KEY_ID: ACCOUNT_ID,
      AWS_SECRET_ACCESS_KEY: 'deploy',
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: awsUrl,
      ...environment,
    },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended by itself.
    }
  };
  const kill = (): void => signal('SIGKILL');
  process.once('exit', kill);
  const result = new Promise<SstResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('exit', kill);
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() });
    });
  });
  return { result, interrupt: () => signal('SIGINT'), kill };
};
