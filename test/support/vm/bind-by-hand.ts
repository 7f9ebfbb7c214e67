import type { Machine } from './machine.ts';

/**
 * Binds a device in the guest past the agent, as `dpdk-devbind.py` does it: for a pod that was given the device, and for the Go
 * controller's agent.
 */
export const bindByHand = async (
  { tell }: Machine,
  address: string,
  driver: string,
): Promise<void> => {
  await tell(`
    modprobe ${driver}
    cd /sys/bus/pci/devices/${address}
    echo ${driver} > driver_override
    [ ! -e driver ] || echo ${address} > driver/unbind
    echo ${address} > /sys/bus/pci/drivers_probe
    echo > driver_override`);
};
