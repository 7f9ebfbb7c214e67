import { access, constants, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NetworkFiles } from '../agent/host.ts';
import type { RunCommand } from './command.ts';
import { isMissing, namesIn, readText, replaceFile } from './files.ts';
import type { Roots } from './roots.ts';

// The first file that matches a link counts, by name over all folders (systemd.network(5)).
const PREFIX = '00-nodeeni-';
const SUFFIX = '.network';

const fileText = (eniId: string, macAddress: string): string =>
  [
    `# ${eniId} belongs to a NodeENI: the node agent sets its link up, and takes this file away again.`,
    '[Match]',
    // Not MACAddress: an ipvlan child has the same one.
    `PermanentMACAddress=${macAddress}`,
    '',
    '[Link]',
    'Unmanaged=yes',
    '',
  ].join('\n');

const isManaged = (state: string | undefined): boolean => {
  const adminState = /^ADMIN_STATE=(.*)$/m.exec(state ?? '')?.[1];
  return adminState !== undefined && adminState !== 'unmanaged';
};

const canWrite = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch (error) {
    return isMissing(error) && dirname(path) !== path ? canWrite(dirname(path)) : false;
  }
};

/** systemd-networkd by its state files below /run/systemd/netif, and by files of ours in /etc/systemd/network. */
export const createNetworkFiles = ({ etc, run: runRoot }: Roots, run: RunCommand): NetworkFiles => {
  const folder = join(etc, 'systemd/network');
  const states = join(runRoot, 'systemd/netif/links');
  const pathOf = (eniId: string) => join(folder, `${PREFIX}${eniId}${SUFFIX}`);

  return {
    async observe() {
      const indexes = await namesIn(states);
      if (indexes.length === 0) return undefined;
      const managed = await Promise.all(
        indexes.map(async (index) => isManaged(await readText(join(states, index)))),
      );
      const files = (await namesIn(folder)).filter(
        (name) => name.startsWith(PREFIX) && name.endsWith(SUFFIX),
      );
      return {
        managedIfindexes: indexes.filter((_, at) => managed[at]).map(Number),
        files: files.map((name) => name.slice(PREFIX.length, -SUFFIX.length)),
        isWritable: await canWrite(folder),
      };
    },
    async write(eniId, macAddress) {
      await mkdir(folder, { recursive: true });
      await replaceFile(pathOf(eniId), fileText(eniId, macAddress));
      await run('networkctl', ['reload']);
    },
    async remove(eniId) {
      await rm(pathOf(eniId), { force: true });
      await run('networkctl', ['reload']);
    },
  };
};
