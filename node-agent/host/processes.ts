import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Asked, Processes } from '../agent/host.ts';
import type { Holder, LinkInPod } from '../agent/observed.ts';
import { ifAllowed, isMissing, linkName, namesIn, readText } from './files.ts';
import { findInNamespaces } from './network-namespaces.ts';
import type { Roots } from './roots.ts';

/** A pod's UID in the path of its control group, with `-` or, under systemd, `_` (kubelet's cgroup names). */
const POD = /pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})/;

const targetOf = async (path: string): Promise<string> => {
  try {
    return await readlink(path);
  } catch (error) {
    // The file was closed, or the process has ended, in the meantime.
    if (isMissing(error)) return '';
    throw error;
  }
};

/** A process as people know it: its program, its id, and its pod where it has one. */
const describeProcess = async (proc: string, pid: string): Promise<string> => {
  const [program = 'a program', cgroup = ''] = await Promise.all([
    readText(join(proc, pid, 'comm')),
    readText(join(proc, pid, 'cgroup')),
  ]);
  const pod = POD.exec(cgroup)?.[1]?.replaceAll('_', '-');
  return `${program.trim()} (process ${pid}${pod === undefined ? '' : `, pod ${pod}`})`;
};

const openedBy = async (proc: string, pid: string, asked: readonly Asked[]): Promise<string[]> => {
  const folder = join(proc, pid, 'fd');
  const files = await namesIn(folder);
  const targets = await Promise.all(files.map((file) => targetOf(join(folder, file))));
  return asked
    .filter(({ nodes }) =>
      nodes.some((node) => targets.some((target) => target.endsWith(`/${node}`))),
    )
    .flatMap(({ address }) => address ?? []);
};

/**
 * Who uses a device: a program that has its character device open, or a process whose network namespace has the
 * device's link or a link stacked on it. Needs the host's process namespace and CAP_SYS_PTRACE; a process that may not
 * be read is passed over, and what it holds shows only as a step that does not end.
 */
export const createProcesses = ({ proc }: Roots): Processes => ({
  async holdersOf(devices) {
    const pids = (await namesIn(proc)).filter((name) => /^\d+$/.test(name));
    const holders: Record<string, Holder> = {};
    const addresses: Record<string, string> = {};
    const note = async (address: string, pid: string, link?: LinkInPod): Promise<void> => {
      holders[address] ??= { who: await describeProcess(proc, pid), ...(link && { link }) };
    };

    const openable = devices.filter(({ nodes }) => nodes.length > 0);
    for (const pid of openable.length === 0 ? [] : pids)
      for (const address of await ifAllowed(openedBy(proc, pid, openable), []))
        await note(address, pid);

    const own = await linkName(join(proc, 'self/ns/net'));
    for (const sighting of await findInNamespaces(proc, pids, own, devices)) {
      const { address, macAddress, pid, link } = sighting;
      if (link !== undefined) addresses[macAddress] ??= address;
      await note(address, pid, link);
    }
    return { holders, addresses };
  },
});
