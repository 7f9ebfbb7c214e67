import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export type ServerProcess = { readonly stop: () => Promise<void> };

export type ServerCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly isReady: () => Promise<boolean>;
  readonly env?: Readonly<NodeJS.ProcessEnv>;
};

const readyWithinMs = 60_000;
const politeMs = 3_000;

const tailOf = async (logFile: string): Promise<string> =>
  (await readFile(logFile, 'utf8')).trim().split('\n').slice(-10).join('\n');

/**
 * Starts a server and waits for it. In: the command, where its log goes and how to ask whether it
 * answers. Out: a handle to stop it, given only once it is ready; if it exits or stays silent the
 * error carries its last log lines.
 */
export const spawnServer = async (server: ServerCommand): Promise<ServerProcess> => {
  const log = openSync(server.logFile, 'a');
  const child = spawn(server.command, server.args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...server.env },
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const isRunning = () => child.pid !== undefined && child.exitCode === null && !child.signalCode;

  // A test run that ends early must not leave servers behind on the developer's machine. First in
  // line, so that nothing is written any more when the server's folder is removed on exit as well.
  const killNow = () => child.kill('SIGKILL');
  process.prependOnceListener('exit', killNow);

  const stop = async (): Promise<void> => {
    process.off('exit', killNow);
    if (!isRunning()) return;
    child.kill('SIGTERM');
    const patience = setTimeout(killNow, politeMs);
    await exited;
    clearTimeout(patience);
  };

  if (child.pid === undefined) await once(child, 'spawn');
  const deadline = Date.now() + readyWithinMs;
  while (!(await server.isReady().catch(() => false))) {
    if (isRunning() && Date.now() < deadline) {
      await sleep(50);
      continue;
    }
    const reason = isRunning() ? `was not ready within ${readyWithinMs / 1000} s` : 'exited';
    await stop();
    throw new Error(`${server.command} ${reason}. Its log ends:\n${await tailOf(server.logFile)}`);
  }
  return { stop };
};
