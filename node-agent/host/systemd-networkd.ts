import { join } from 'node:path';
import type { LinkManager } from '../agent/host.ts';
import type { RunCommand } from './command.ts';
import { createEniFiles, managedIndexes } from './eni-files.ts';
import type { Roots } from './roots.ts';

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

const isManaged = (state: string): boolean => {
  const adminState = /^ADMIN_STATE=(.*)$/m.exec(state)?.[1];
  return adminState !== undefined && adminState !== 'unmanaged';
};

/**
 * systemd-networkd by its state files below /run/systemd/netif, and by files of ours in /run/systemd/network. Not in /etc:
 * nodeadm of the EKS AMI waits at a boot until networkd has configured what it did before (nodeadm-boot-hook,
 * amazon-eks-ami), so a file of ours must not outlive a reboot; and some hosts have a read-only /etc.
 */
export const createSystemdNetworkd = ({ run: runRoot }: Roots, run: RunCommand): LinkManager => {
  const states = join(runRoot, 'systemd/netif/links');
  const files = createEniFiles({
    folder: join(runRoot, 'systemd/network'),
    // The first file that matches a link counts, by name over all folders (systemd.network(5)).
    prefix: '00-nodeeni-',
    suffix: '.network',
  });
  const reload = () => run('networkctl', ['reload']);

  return {
    name: 'systemd-networkd',
    async observe() {
      const managedIfindexes = await managedIndexes(states, isManaged);
      return managedIfindexes && { managedIfindexes, eniIds: await files.eniIds() };
    },
    release: ({ eniId, macAddress }) => files.write(eniId, fileText(eniId, macAddress), reload),
    async handBack(eniId) {
      await files.remove(eniId);
      await reload();
    },
  };
};
