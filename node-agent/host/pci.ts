import { join } from 'node:path';
import { DeviceGoneError } from '../agent/errors.ts';
import type { PciBus } from '../agent/host.ts';
import type { PciDevice, PciIdentity } from '../agent/observed.ts';
import { inFolder, isMissing, linkName, namesIn, orUndefined, readText } from './files.ts';
import type { Roots } from './roots.ts';
import type { WriteSysfs } from './sysfs-writer.ts';

/** Class of network controllers (PCI Code and ID Assignment Specification). */
const NETWORK_CLASS = '0x02';

/** Writing nothing at all would change nothing: the kernel clears the override on an empty line. */
const NO_OVERRIDE = '\n';

const hexOf = (text: string | undefined): string => (text ?? '').trim().replace(/^0x/, '');

/** How vfio calls the group that it makes for a device without an IOMMU (drivers/vfio of Linux). */
const NO_IOMMU_GROUP = 'vfio-noiommu';

/** Character devices of vfio and uio by which programs reach the device, below /dev. */
const nodesOf = async (folder: string, group: string | undefined): Promise<string[]> => [
  // A pod may find a group of the no-IOMMU mode under the name without the prefix.
  ...(group === undefined ? [] : [`vfio/${group}`, `vfio/noiommu-${group}`]),
  ...(await namesIn(join(folder, 'vfio-dev'))).map((name) => `vfio/devices/${name}`),
  ...(await namesIn(join(folder, 'uio'))),
];

/** PCI devices as `Documentation/ABI/testing/sysfs-bus-pci` of Linux describes them. */
export const createPciBus = ({ sysfs }: Roots, write: WriteSysfs): PciBus => {
  const bus = join(sysfs, 'bus/pci');
  const folderOf = (address: string) => join(bus, 'devices', address);
  /** Lends the folder of just this device: sysfs makes a new one for another device at the address. */
  const within = async <T>(
    { address, birth }: PciIdentity,
    use: (folder: string) => Promise<T>,
  ): Promise<T> => {
    try {
      return await inFolder(folderOf(address), async (folder, inode) => {
        if (inode !== birth) throw new DeviceGoneError(address);
        return await use(folder);
      });
    } catch (error) {
      throw isMissing(error) ? new DeviceGoneError(address) : error;
    }
  };

  const readFolder = async (
    identity: PciIdentity,
    folder: string,
  ): Promise<PciDevice | undefined> => {
    if ((await readText(join(folder, 'class')))?.startsWith(NETWORK_CLASS) !== true)
      return undefined;
    const [vendor, device, driver, iommuGroup, groupName] = await Promise.all([
      readText(join(folder, 'vendor')),
      readText(join(folder, 'device')),
      linkName(join(folder, 'driver')),
      linkName(join(folder, 'iommu_group')),
      readText(join(folder, 'iommu_group/name')),
    ]);
    return {
      ...identity,
      id: `${hexOf(vendor)}:${hexOf(device)}`,
      nodes: await nodesOf(folder, iommuGroup),
      isNoIommu: groupName?.trim() === NO_IOMMU_GROUP,
      ...(driver === undefined ? {} : { driver }),
      ...(iommuGroup === undefined ? {} : { iommuGroup }),
    };
  };
  const readDevice = (address: string): Promise<PciDevice | undefined> =>
    orUndefined(
      inFolder(folderOf(address), (folder, birth) => readFolder({ address, birth }, folder)),
    );

  return {
    async list() {
      const addresses = await namesIn(join(bus, 'devices'));
      const devices = await Promise.all(addresses.map(readDevice));
      return devices.filter((device) => device !== undefined);
    },
    driverOf: (device) => within(device, (folder) => linkName(join(folder, 'driver'))),
    setOverride: (device, driver) =>
      within(device, (folder) => write('driver_override', driver ?? NO_OVERRIDE, folder)),
    unbind: (device) => within(device, (folder) => write('driver/unbind', device.address, folder)),
    // Another device that came to the address this very moment would get its own driver, as it does anyway.
    probe: (device) => within(device, () => write(join(bus, 'drivers_probe'), device.address)),
  };
};
