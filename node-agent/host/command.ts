import { spawn } from 'node:child_process';
import { messageOf, TimeLimitError } from '../agent/errors.ts';

const KIBIBYTE = 1024;
const MOST_OUTPUT_CHARACTERS = 16 * KIBIBYTE * KIBIBYTE;

/** A program that ended with a failure, with what it said. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number | undefined;

  constructor(command: string, exitCode: number | undefined, said: string) {
    super(`${command}: ${said === '' ? `exit code ${exitCode}` : said}`);
    this.exitCode = exitCode;
  }
}

export interface CommandOptions {
  /** Text for the program's standard input. */
  readonly input?: string;
  readonly timeoutSeconds?: number;
  /** Where the program starts; the agent's own folder if absent. */
  readonly folder?: string;
}

/** Runs a program with an argument vector, through no shell; resolves with its standard output. */
export type RunCommand = (
  file: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<string>;

const DEFAULT_TIMEOUT_SECONDS = 10;

/**
 * Runs programs, each after the words of `prefix` (`nsenter --target 1 --mount --net --`, where the host's programs are
 * not in the agent's image). Each is in a process group of its own: a signal to the agent's group, which time limits and
 * Ctrl-C send, is the agent's to handle, and ends no step half way. Rejects with a `CommandError`, or with a
 * `TimeLimitError` when the time is up: the program is killed then, and not waited for, since one that sleeps in the
 * kernel does not die.
 */
export const createRunCommand =
  (prefix: readonly string[] = []): RunCommand =>
  (file, args, { input = '', timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, folder } = {}) =>
    new Promise((resolve, reject) => {
      const shown = [file, ...args].join(' ');
      const [program = file, ...rest] = [...prefix, file, ...args];
      const child = spawn(program, rest, { stdio: 'pipe', detached: true, cwd: folder });
      let output = '';
      let complaint = '';
      const timer = setTimeout(() => {
        reject(new TimeLimitError(shown, timeoutSeconds));
        child.kill('SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
        child.stdin.destroy();
        child.unref();
      }, timeoutSeconds * 1000);
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (output.length < MOST_OUTPUT_CHARACTERS) output += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (complaint.length < MOST_OUTPUT_CHARACTERS) complaint += text;
      });
      // A program that ends without reading its input is judged by its exit code.
      child.stdin.on('error', () => undefined).end(input);
      child.on('error', (error) => {
        clearTimeout(timer);
        reject(new CommandError(shown, undefined, messageOf(error)));
      });
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        const said = complaint.trim() || (signal === null ? '' : `ended by ${signal}`);
        if (code === 0) resolve(output);
        else reject(new CommandError(shown, code ?? undefined, said));
      });
    });
