import { readPluginConfig } from './guest-agent.ts';
import { lookAtDevice } from './look.ts';
import type { Machine } from './machine.ts';

interface Config {
  readonly resourceList: readonly {
    readonly resourcePrefix: string;
    readonly resourceName: string;
    readonly selectors: {
      readonly drivers?: readonly string[];
      readonly pciAddresses?: readonly string[];
    };
  }[];
}

/** A device that the plugin found at a start, and the driver it had at that moment. */
export interface Found {
  readonly address: string;
  readonly driver: string;
}

/**
 * What the SR-IOV device plugin does when it starts: it reads its configuration once, and offers each device that is
 * listed and has the driver that is listed (sriov-network-device-plugin, README). Notes what it found at each start.
 */
export const createDevicePlugin = (machine: Machine) => {
  const starts: Found[][] = [];

  const start = async (): Promise<Readonly<Record<string, number>>> => {
    const found: Found[] = [];
    const offered: Record<string, number> = {};
    const { resourceList } = (await readPluginConfig(machine)) as Config;
    for (const { resourcePrefix, resourceName, selectors } of resourceList) {
      const name = `${resourcePrefix}/${resourceName}`;
      offered[name] = 0;
      for (const address of selectors.pciAddresses ?? []) {
        const { code } = await machine.run(`[ -e /sys/bus/pci/devices/${address} ]`);
        if (code !== 0) continue;
        const { driver } = await lookAtDevice(machine, address);
        found.push({ address, driver });
        if (selectors.drivers?.includes(driver)) offered[name] += 1;
      }
    }
    starts.push(found);
    return offered;
  };

  return { start, starts: starts as readonly (readonly Found[])[] };
};
