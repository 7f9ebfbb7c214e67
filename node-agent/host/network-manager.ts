import { join } from 'node:path';
import type { LinkManager } from '../agent/host.ts';
import type { RunCommand } from './command.ts';
import { createEniFiles, managedIndexes } from './eni-files.ts';
import type { Roots } from './roots.ts';

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
  const states = join(runRoot, 'NetworkManager/devices');
  const files = createEniFiles({
    folder: join(runRoot, 'NetworkManager/conf.d'),
    // Of two files that say something of a device the later one by name counts (NetworkManager.conf(5)).
    prefix: 'zz-nodeeni-',
    suffix: '.conf',
  });
  const nmcli = (...args: string[]) => run('nmcli', args);

  return {
    name: 'NetworkManager',
    async observe() {
      const managedIfindexes = await managedIndexes(states, (state) =>
        /^managed=true$/m.test(state),
      );
      return managedIfindexes && { managedIfindexes, eniIds: await files.eniIds() };
    },
    async release({ eniId, macAddress, link }) {
      await files.write(eniId, fileText(eniId, macAddress), async () => {
        await nmcli('general', 'reload', 'conf');
        // Fails for a device that is not connected, which is what is wanted.
        await nmcli('device', 'disconnect', link).catch(() => undefined);
        await nmcli('device', 'set', link, 'managed', 'no');
      });
    },
    async handBack(eniId) {
      await files.remove(eniId);
      await nmcli('general', 'reload', 'conf');
    },
  };
};
