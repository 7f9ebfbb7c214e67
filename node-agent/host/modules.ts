import { join } from 'node:path';
import type { KernelModules } from '../agent/host.ts';
import type { RunCommand } from './command.ts';
import { namesIn, readText } from './files.ts';
import type { Roots } from './roots.ts';
import type { WriteSysfs } from './sysfs-writer.ts';

const isOn = (text: string): boolean => ['Y', '1'].includes(text.trim());

/** What ENA needs of a module, or is slow ("DPDK driver for ENA", amzn-drivers). */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = { igb_uio: ['wc_activate=1'] };

/** Modules by `modprobe`; their settings below /sys/module. */
export const createKernelModules = (
  { sysfs }: Roots,
  run: RunCommand,
  write: WriteSysfs,
): KernelModules => {
  // Absent when the kernel was built without CONFIG_VFIO_NOIOMMU, or vfio is not loaded.
  const noIommuFile = join(sysfs, 'module/vfio/parameters/enable_unsafe_noiommu_mode');
  return {
    async load(name) {
      await run('modprobe', [name, ...(PARAMETERS[name] ?? [])]);
    },
    drivers: () => namesIn(join(sysfs, 'bus/pci/drivers')),
    async noIommu() {
      const text = await readText(noIommuFile);
      if (text === undefined) return 'absent';
      return isOn(text) ? 'on' : 'off';
    },
    enableNoIommu: () => write(noIommuFile, '1'),
    async writeCombining() {
      // dpdk-kmods declares the parameter with mode 0, which makes no file.
      const text = await readText(join(sysfs, 'module/igb_uio/parameters/wc_activate'));
      return text === undefined ? undefined : isOn(text);
    },
  };
};
