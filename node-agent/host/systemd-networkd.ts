import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkManager } from '../agent/host.ts';
import type { RunCommand } from './command.ts';
import { namesIn, readText, replaceFile } from './files.ts';
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

/**
 * systemd-networkd by its state files below /run/systemd/netif, and by files of ours in /run/systemd/network. Not in /etc:
 * nodeadm of the EKS AMI waits at a boot until networkd has configured what it did before (nodeadm-boot-hook,
 * amazon-eks-ami), so a file of ours must not outlive a reboot; and some hosts have a read-only /etc.
 */
export const createSystemdNetworkd = ({ run: runRoot }: Roots, run: RunCommand): LinkManager => {
  const folder = join(runRoot, 'systemd/network');
  const states = join(runRoot, 'systemd/netif/links');
  const pathOf = (eniId: string) => join(folder, `${PREFIX}${eniId}${SUFFIX}`);
  const remove = (eniId: string) => rm(pathOf(eniId), { force: true });

  return {
    name: 'systemd-networkd',
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
        eniIds: files.map((name) => name.slice(PREFIX.length, -SUFFIX.length)),
      };
    },
    async release({ eniId, macAddress }) {
      await replaceFile(pathOf(eniId), fileText(eniId, macAddress));
      try {
        await run('networkctl', ['reload']);
      } catch (error) {
        await remove(eniId);
        throw error;
      }
    },
    async handBack(eniId) {
      await remove(eniId);
      await run('networkctl', ['reload']);
    },
  };
};
