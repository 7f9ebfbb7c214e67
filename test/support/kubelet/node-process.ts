import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const INIT = fileURLToPath(new URL('node/init.sh', import.meta.url));
const NSENTER = 'nsenter';
const CGROUPS = '/sys/fs/cgroup';

export interface NodeProcessPlan {
  readonly name: string;
  /** Root file system that is shared by all nodes. */
  readonly tree: string;
  readonly kubelet: string;
  /** What it writes. */
  readonly folder: string;
  /** What stands for its devices: folders as they are below /sys and /run/udev. */
  readonly devices: string;
  /** Name of the network namespace that is the node's. */
  readonly namespace: string;
  readonly controlGroup: string;
}

/** The first process of a node, whose end is the end of all that runs in the node. */
export interface NodeProcess {
  readonly pid: number;
  /** The words before a command that is to run in the node. */
  readonly inside: readonly string[];
  /** Starts a program in the node, with its output in a file of this machine. */
  readonly start: (command: readonly string[], logFile: string) => ChildProcess;
  readonly kill: () => Promise<void>;
}

/** Groups of a hierarchy can go only when those below them are gone. */
const removeGroups = async (folder: string): Promise<void> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries)
    if (entry.isDirectory()) await removeGroups(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
};

const removeControlGroup = async (group: string): Promise<void> => {
  await removeGroups(join(CGROUPS, group));
  for (const hierarchy of await readdir(CGROUPS))
    await removeGroups(join(CGROUPS, hierarchy, group));
};

const firstChildOf = async (pid: number): Promise<number> =>
  Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')[0]);

/** Starts the namespaces of a node, and waits until its file system is there. Rejects with what went wrong. */
export const startNodeProcess = async (plan: NodeProcessPlan): Promise<NodeProcess> => {
  const { name, tree, kubelet, folder, devices, namespace, controlGroup } = plan;
  const child = spawn(
    NSENTER,
    [
      ...[`--net=/run/netns/${namespace}`, '--', 'unshare'],
      ...[
        '--mount',
        '--pid',
        '--uts',
        '--ipc',
        '--fork',
        '--kill-child',
        '--propagation',
        'private',
      ],
      ...['bash', INIT, tree, kubelet, folder, devices, name, controlGroup],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const killNow = () => child.kill('SIGKILL');
  process.prependOnceListener('exit', killNow);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = once(child, 'exit');
  const ready = once(createInterface({ input: child.stdout }), 'line');
  await Promise.race([
    ready,
    ended.then(() => Promise.reject(new Error(`the node ${name} did not start: ${complaint}`))),
  ]);
  const pid = await firstChildOf(child.pid ?? 0);
  const inside = [
    ...[NSENTER, '--target', String(pid)],
    ...['--mount', '--uts', '--ipc', '--net', '--pid', '--'],
  ];
  return {
    pid,
    inside,
    start([command = '', ...args], logFile) {
      const log = openSync(logFile, 'a');
      const [enter = '', ...words] = inside;
      const program = spawn(enter, [...words, command, ...args], {
        stdio: ['ignore', log, log],
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
      });
      closeSync(log);
      return program;
    },
    async kill() {
      process.off('exit', killNow);
      process.kill(pid, 'SIGKILL');
      await ended;
      await removeControlGroup(controlGroup);
    },
  };
};
