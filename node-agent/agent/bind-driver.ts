import { isKernelDriven } from './drivers.ts';
import { DriverError, messageOf, TimeLimitError } from './errors.ts';
import type { PciBus } from './host.ts';

const giveBack = async (pci: PciBus, address: string): Promise<string | undefined> => {
  await pci.setOverride(address, undefined);
  await pci.probe(address);
  return pci.driverOf(address);
};

const rolledBack = async (pci: PciBus, address: string): Promise<string> => {
  try {
    const driver = await giveBack(pci, address);
    return driver === undefined ? 'it has no driver now' : `it is back with ${driver}`;
  } catch (error) {
    return `giving it back failed as well: ${messageOf(error)}`;
  }
};

/**
 * Binds a device to one driver and to no other. `drivers_probe` reports success even when the driver refused, so the
 * driver is read back; on any failure the device goes back to the kernel's driver. An override holds for one device,
 * where `new_id` would offer the driver every device of its kind (Documentation/ABI/testing/sysfs-bus-pci, Linux).
 *
 * Rejects with a `DriverError`; with a `TimeLimitError` when the kernel waits for a program that has the device open.
 */
export const bindDriver = async (pci: PciBus, address: string, driver: string): Promise<void> => {
  try {
    await pci.setOverride(address, driver);
    if ((await pci.driverOf(address)) !== undefined) await pci.unbind(address);
    await pci.probe(address);
  } catch (error) {
    // The device's lock is held: a further write would wait as long. The next look finds what came of it.
    if (error instanceof TimeLimitError) throw error;
    const outcome = await rolledBack(pci, address);
    throw new DriverError(`${messageOf(error)}; ${outcome}`, { cause: error });
  }
  const bound = await pci.driverOf(address);
  if (bound === driver) return;
  const outcome = await rolledBack(pci, address);
  throw new DriverError(`${driver} did not take ${address}; ${outcome}`);
};

/** Gives a device back to the kernel's own driver and reads back that it has one. Rejects as `bindDriver` does. */
export const restoreDriver = async (pci: PciBus, address: string): Promise<void> => {
  await pci.setOverride(address, undefined);
  const before = await pci.driverOf(address);
  if (before !== undefined && !isKernelDriven(before)) await pci.unbind(address);
  await pci.probe(address);
  const driver = await pci.driverOf(address);
  if (!isKernelDriven(driver))
    throw new DriverError(
      driver === undefined
        ? `no kernel driver took ${address}`
        : `${address} is still with ${driver}`,
    );
};
