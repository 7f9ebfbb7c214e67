import type { Machine } from './machine.ts';

/** What the guest itself says of a PCI device, for asserting on. */
export interface DeviceLook {
  readonly driver: string;
  readonly override: string;
  /** Names of its links; none while a driver for DPDK has it. */
  readonly links: string;
}

/** Reads a device past the agent. */
export const lookAtDevice = async ({ tell }: Machine, address: string): Promise<DeviceLook> => {
  const text = await tell(
    `cd /sys/bus/pci/devices/${address}
     echo "$(basename "$(readlink driver)")|$(cat driver_override)|$(ls net 2> /dev/null)"`,
  );
  const [driver = '', override = '', links = ''] = text.split('|');
  return { driver, override, links };
};

export interface LinkLook {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly address: string;
  readonly altnames?: readonly string[];
}

/** Reads a link by any of its names; undefined when none has it. */
export const lookAtLink = async (
  { run }: Machine,
  name: string,
  namespace?: string,
): Promise<LinkLook | undefined> => {
  const inside = namespace === undefined ? '' : `ip netns exec ${namespace}`;
  const { code, stdout } = await run(`${inside} ip -j -d link show dev ${name}`);
  if (code !== 0) return undefined;
  const [link] = JSON.parse(stdout) as LinkLook[];
  return link;
};
