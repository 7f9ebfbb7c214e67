import { join } from 'node:path';
import type { PciBus } from '../agent/host.ts';
import type { PciDevice } from '../agent/observed.ts';
import { inodeOf, linkName, namesIn, readText } from './files.ts';
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
  const driverOf = (address: string) => linkName(join(folderOf(address), 'driver'));

  const readDevice = async (address: string): Promise<PciDevice[]> => {
    const folder = folderOf(address);
    if ((await readText(join(folder, 'class')))?.startsWith(NETWORK_CLASS) !== true) return [];
    const [birth, vendor, device, driver, iommuGroup, groupName] = await Promise.all([
      inodeOf(folder),
      readText(join(folder, 'vendor')),
      readText(join(folder, 'device')),
      driverOf(address),
      linkName(join(folder, 'iommu_group')),
      readText(join(folder, 'iommu_group/name')),
    ]);
    return [
      {
        address,
        id: `${hexOf(vendor)}:${hexOf(device)}`,
        nodes: await nodesOf(folder, iommuGroup),
        isNoIommu: groupName?.trim() === NO_IOMMU_GROUP,
        ...(birth === undefined ? {} : { birth }),
        ...(driver === undefined ? {} : { driver }),
        ...(iommuGroup === undefined ? {} : { iommuGroup }),
      },
    ];
  };

  return {
    async list() {
      const addresses = await namesIn(join(bus, 'devices'));
      return (await Promise.all(addresses.map(readDevice))).flat();
    },
    driverOf,
    setOverride: (address, driver) =>
      write(join(folderOf(address), 'driver_override'), driver ?? NO_OVERRIDE),
    unbind: (address) => write(join(folderOf(address), 'driver/unbind'), address),
    probe: (address) => write(join(bus, 'drivers_probe'), address),
  };
};
