import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { runOrThrow } from '#test/support/servers/run-command.ts';

export const IP = 'ip';

/** The process id in the name of a namespace. */
export const OWNER_OF = /^nodeeni-(\d+)-\d+$/;

export type SpawnedProgram = ChildProcessByStdio<null, Readable, Readable>;

/** A network namespace with a name of its own, its loopback up and nothing else in it. */
export type Namespace = {
  readonly name: string;
  /** `ip` in the namespace. Rejects with what it said. */
  readonly ip: (...args: readonly string[]) => Promise<string>;
  /** Many `ip` commands at once, a line each, without the word `ip`. */
  readonly batch: (lines: readonly string[]) => Promise<void>;
  /** A program in the namespace, to its end. Rejects when it fails. */
  readonly run: (...command: readonly string[]) => Promise<string>;
  /** A program in the namespace. Its process id is the program's own, and it ends with the namespace. */
  readonly start: (command: readonly string[], environment?: NodeJS.ProcessEnv) => SpawnedProgram;
  readonly remove: () => Promise<void>;
};

let count = 0;

const ended = async (child: SpawnedProgram): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  // One that a test has stopped does not hear anything else.
  child.kill('SIGKILL');
  await gone;
};

/** Kills all that runs in a namespace of ours, and removes it. Nothing happens when there is none of the name. */
export const removeNamespace = (name: string): void => {
  const { stdout } = spawnSync(IP, ['netns', 'pids', name], { encoding: 'utf8' });
  for (const pid of stdout.split('\n').filter((text) => text !== '')) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  spawnSync(IP, ['netns', 'delete', name]);
};

/**
 * Makes a namespace. A deleted one is cleaned up by the kernel some time later, so no name is used twice. What runs in it
 * is killed before it goes.
 */
export const createNamespace = async (): Promise<Namespace> => {
  count += 1;
  const name = `nodeeni-${process.pid}-${count}`;
  const inside = ['netns', 'exec', name];
  const children: SpawnedProgram[] = [];
  // A test run that ends early must not leave a namespace behind on the developer's machine.
  const removeNow = () => removeNamespace(name);

  await runOrThrow(IP, ['netns', 'add', name]);
  await runOrThrow(IP, ['-n', name, 'link', 'set', 'dev', 'lo', 'up']);
  process.once('exit', removeNow);
  return {
    name,
    ip: (...args) => runOrThrow(IP, ['-n', name, ...args]),
    async batch(lines) {
      await runOrThrow(IP, ['-n', name, '-batch', '-'], { stdin: `${lines.join('\n')}\n` });
    },
    run: (...command) => runOrThrow(IP, [...inside, ...command]),
    start(command, environment = {}) {
      const { PATH } = process.env;
      const child = spawn(IP, [...inside, ...command], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH, ...environment },
      });
      children.push(child);
      return child;
    },
    async remove() {
      process.off('exit', removeNow);
      await Promise.all(children.map(ended));
      // What those have started may have outlived them.
      removeNow();
    },
  };
};
