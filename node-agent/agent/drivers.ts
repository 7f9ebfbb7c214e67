/** Drivers that hand a device to a DPDK program ("Linux Drivers", DPDK guide); any other is the kernel's own. */
export const DPDK_DRIVERS = ['vfio-pci', 'igb_uio', 'uio_pci_generic'] as const;

const isDpdkDriver = (driver: string | undefined): boolean =>
  DPDK_DRIVERS.some((name) => name === driver);

/** True when the kernel itself drives the device, so that it has a link in some network namespace. */
export const isKernelDriven = (driver: string | undefined): boolean =>
  driver !== undefined && !isDpdkDriver(driver);
