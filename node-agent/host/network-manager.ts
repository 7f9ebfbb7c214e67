import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkManager } from '../agent/host.ts';
import type { RunCommand } from './command.ts';
import { namesIn, readText, replaceFile } from './files.ts';
import type { Roots } from './roots.ts';

// Of two files that say something of a device the later one by name counts (NetworkManager.conf(5)).
const PREFIX = 'zz-nodeeni-';
const SUFFIX = '.conf';

const fileText = (eniId: string, macAddress: string): string =>
  [
    `# ${eniId} belongs to a NodeENI: the node agent sets its link up, and takes this file away again.`,
    `[device-nodeeni-${eniId}]`,
    `match-device=mac:${macAddress}`,
    'managed=0',
    '',
  ].join('\n');

/**
 * NetworkManager by its state files below /run/NetworkManager/devices, and by files of ours in /run/NetworkManager/conf.d,
 * which hold for devices that come later. One that it manages already keeps its addresses and routes when it is only made
 * unmanaged: it is disconnected first, which takes them away (tried with 1.42).
 */
export const createNetworkManager = ({ run: runRoot }: Roots, run: RunCommand): LinkManager => {
  const folder = join(runRoot, 'NetworkManager/conf.d');
  const states = join(runRoot, 'NetworkManager/devices');
  const pathOf = (eniId: string) => join(folder, `${PREFIX}${eniId}${SUFFIX}`);
  const remove = (eniId: string) => rm(pathOf(eniId), { force: true });
  const nmcli = (...args: string[]) => run('nmcli', args);

  return {
    name: 'NetworkManager',
    async observe() {
      const indexes = await namesIn(states);
      if (indexes.length === 0) return undefined;
      const managed = await Promise.all(
        indexes.map(async (index) =>
          /^managed=true$/m.test((await readText(join(states, index))) ?? ''),
        ),
      );
      const files = (await namesIn(folder)).filter(
        (name) => name.startsWith(PREFIX) && name.endsWith(SUFFIX),
      );
      return {
        managedIfindexes: indexes.filter((_, at) => managed[at]).map(Number),
        eniIds: files.map((name) => name.slice(PREFIX.length, -SUFFIX.length)),
      };
    },
    async release({ eniId, macAddress, link }) {
      await replaceFile(pathOf(eniId), fileText(eniId, macAddress));
      try {
        await nmcli('general', 'reload', 'conf');
        // Fails for a device that is not connected, which is what is wanted.
        await nmcli('device', 'disconnect', link).catch(() => undefined);
        await nmcli('device', 'set', link, 'managed', 'no');
      } catch (error) {
        await remove(eniId);
        throw error;
      }
    },
    async handBack(eniId) {
      await remove(eniId);
      await nmcli('general', 'reload', 'conf');
    },
  };
};
