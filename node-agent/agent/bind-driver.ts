import { isKernelDriven } from './drivers.ts';
import { DeviceGoneError, DriverError, messageOf, TimeLimitError } from './errors.ts';
import type { PciBus } from './host.ts';
import type { PciIdentity } from './observed.ts';

const giveBack = async (pci: PciBus, device: PciIdentity): Promise<string | undefined> => {
  await pci.setOverride(device, undefined);
  await pci.probe(device);
  return pci.driverOf(device);
};

const rolledBack = async (pci: PciBus, device: PciIdentity): Promise<string> => {
  try {
    const driver = await giveBack(pci, device);
    return driver === undefined ? 'it has no driver now' : `it is back with ${driver}`;
  } catch (error) {
    return `giving it back failed as well: ${messageOf(error)}`;
  }
};

/** True when a roll-back is no use: the kernel holds the device's lock, or the device is gone. */
const isFinal = (error: unknown): boolean =>
  error instanceof TimeLimitError || error instanceof DeviceGoneError;

/**
 * Binds a device to one driver and to no other. `drivers_probe` reports success even when the driver refused, so the
 * driver is read back; on any failure the device goes back to the kernel's driver. An override holds for one device,
 * where `new_id` would offer the driver every device of its kind (Documentation/ABI/testing/sysfs-bus-pci, Linux).
 *
 * Rejects with a `DriverError`; with a `TimeLimitError` when the kernel waits for a program that has the device open; with
 * a `DeviceGoneError` when the device was taken away meanwhile.
 */
export const bindDriver = async (
  pci: PciBus,
  device: PciIdentity,
  driver: string,
): Promise<void> => {
  try {
    await pci.setOverride(device, driver);
    if ((await pci.driverOf(device)) !== undefined) await pci.unbind(device);
    await pci.probe(device);
  } catch (error) {
    // A further write would wait as long, or reach nothing. The next reconcile finds what came of it.
    if (isFinal(error)) throw error;
    const outcome = await rolledBack(pci, device);
    throw new DriverError(`${messageOf(error)}; ${outcome}`, { cause: error });
  }
  const bound = await pci.driverOf(device);
  if (bound === driver) return;
  const outcome = await rolledBack(pci, device);
  throw new DriverError(`${driver} did not take ${device.address}; ${outcome}`);
};

/** Gives a device back to the kernel's own driver and reads back that it has one. Rejects as `bindDriver` does. */
export const restoreDriver = async (pci: PciBus, device: PciIdentity): Promise<void> => {
  await pci.setOverride(device, undefined);
  const before = await pci.driverOf(device);
  if (before !== undefined && !isKernelDriven(before)) await pci.unbind(device);
  await pci.probe(device);
  const driver = await pci.driverOf(device);
  if (!isKernelDriven(driver))
    throw new DriverError(
      driver === undefined
        ? `no kernel driver took ${device.address}`
        : `${device.address} is still with ${driver}`,
    );
};
