import { spawn } from 'node:child_process';

const RESTART_SECONDS = 1;

/** How long a monitor may take from its start until it listens. It does not say when it does. */
const DEAF_SECONDS = 1;

export interface LinkMonitorOptions {
  /** Words before the command, as of `createRunCommand`. */
  readonly prefix: readonly string[];
  /** Called for every sign of a change, those of lost events included. */
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

/**
 * Calls back whenever `ip monitor link` says anything, on its error output too: a slow reader loses events, which
 * it says there. What changed is found by a new observation, since the lines of a burst may be missing. Started again when it ends.
 * Calls back once more when each monitor has had the time to listen: nobody saw what happened before.
 */
export const startLinkMonitor = ({ prefix, onChange, signal }: LinkMonitorOptions): void => {
  const start = (): void => {
    if (signal.aborted) return;
    const [file = 'ip', ...args] = [...prefix, 'ip', '-o', 'monitor', 'link'];
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    const listening = setTimeout(onChange, DEAF_SECONDS * 1000).unref();
    child.stdout.on('data', onChange);
    child.stderr.on('data', onChange);
    child.on('error', () => undefined);
    child.on('close', () => {
      signal.removeEventListener('abort', stop);
      clearTimeout(listening);
      if (signal.aborted) return;
      onChange();
      setTimeout(start, RESTART_SECONDS * 1000).unref();
    });
  };
  start();
};
