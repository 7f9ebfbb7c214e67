import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';

export type PlantedDevice = {
  readonly link: string;
  readonly ifindex: number;
  readonly pciAddress: string;
};

/** A folder that stands for what is no part of a network namespace: the PCI bus, udev's database, /etc and /run. */
export type DeviceTree = {
  readonly path: (...parts: string[]) => string;
  /** Options that point the agent at the folder. */
  readonly options: readonly string[];
  /** The files of a network device that its driver has made into a link. */
  readonly plant: (device: PlantedDevice) => Promise<void>;
  readonly uproot: (device: PlantedDevice) => Promise<void>;
  /** What udev writes when it is done with a link. */
  readonly settle: (ifindex: number) => Promise<void>;
  readonly remove: () => Promise<void>;
};

/**
 * Makes the folder. /sys/bus/pci of a network namespace is that of the whole machine: an agent that is tried out must
 * never see it, let alone write to it.
 */
export const createDeviceTree = (): DeviceTree => {
  const { path: root, remove } = createTemporaryFolder('node');
  const path = (...parts: string[]) => join(root, ...parts);

  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(file), text);
  };
  const link = async (file: string, target: string): Promise<void> => {
    await mkdir(dirname(path(file)), { recursive: true });
    await symlink(target, path(file));
  };
  const folderOf = (pciAddress: string) => `sys/bus/pci/devices/${pciAddress}`;

  return {
    path,
    options: [
      ...['--sysfs-root', path('sys'), '--udev-root', path('run/udev')],
      ...['--etc-root', path('etc'), '--run-root', path('run')],
      ...['--plugin-config', path('etc/pcidp/config.json')],
    ],
    async plant({ link: name, pciAddress }) {
      await write(`${folderOf(pciAddress)}/class`, '0x020000\n');
      await write(`${folderOf(pciAddress)}/vendor`, '0x1d0f\n');
      await write(`${folderOf(pciAddress)}/device`, '0xec20\n');
      await link(`${folderOf(pciAddress)}/driver`, '../../drivers/ena');
      await link(`sys/class/net/${name}/device`, `../../../bus/pci/devices/${pciAddress}`);
    },
    async uproot({ link: name, ifindex, pciAddress }) {
      for (const file of [
        folderOf(pciAddress),
        `sys/class/net/${name}`,
        `run/udev/data/n${ifindex}`,
      ])
        await rm(path(file), { recursive: true, force: true });
    },
    settle: (ifindex) => write(`run/udev/data/n${ifindex}`, `I:${ifindex}\n`),
    remove,
  };
};
