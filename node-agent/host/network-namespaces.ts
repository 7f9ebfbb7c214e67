import { join } from 'node:path';
import type { Asked } from '../agent/host.ts';
import { ifAllowed, linkName, namesIn, readText } from './files.ts';

export interface Sighting {
  /** Of the device. */
  readonly address: string;
  /** A process in the namespace. */
  readonly pid: string;
}

interface ForeignLink {
  readonly macAddress: string;
  /** Index of the link below, in its own namespace; its own index when there is none. */
  readonly lowerIndex: number;
  readonly index: number;
  /** What it says its device is; absent for software links. */
  readonly device?: string;
}

const readLink = async (folder: string): Promise<ForeignLink> => {
  const [macAddress = '', lowerIndex, index, device] = await Promise.all([
    readText(join(folder, 'address')),
    readText(join(folder, 'iflink')),
    readText(join(folder, 'ifindex')),
    linkName(join(folder, 'device')),
  ]);
  return {
    macAddress: macAddress.trim().toLowerCase(),
    lowerIndex: Number(lowerIndex),
    index: Number(index),
    ...(device === undefined ? {} : { device }),
  };
};

const readLinks = async (folder: string): Promise<readonly ForeignLink[]> =>
  Promise.all((await namesIn(folder)).map((name) => readLink(join(folder, name))));

const isOf =
  ({ address, macAddress, ifindex }: Asked) =>
  (link: ForeignLink): boolean => {
    if (link.device !== undefined) return link.device === address || link.macAddress === macAddress;
    return ifindex !== undefined && link.lowerIndex === ifindex && link.index !== ifindex;
  };

/**
 * Devices whose link, or a link stacked on it, is in the network namespace of one of the processes. Read from the
 * sysfs that each container has of its own namespace: nothing needs to be run inside.
 */
export const findInNamespaces = async (
  proc: string,
  pids: readonly string[],
  ownNamespace: string | undefined,
  devices: readonly Asked[],
): Promise<readonly Sighting[]> => {
  const seen = new Set([ownNamespace]);
  const sightings: Sighting[] = [];
  for (const pid of pids) {
    const namespace = await ifAllowed(linkName(join(proc, pid, 'ns/net')), undefined);
    if (namespace === undefined || seen.has(namespace)) continue;
    const links = await ifAllowed(readLinks(join(proc, pid, 'root/sys/class/net')), []);
    // A process without a sysfs of its own: another one of the namespace may have it.
    if (links.length === 0) continue;
    seen.add(namespace);
    for (const device of devices)
      if (links.some(isOf(device))) sightings.push({ address: device.address, pid });
  }
  return sightings;
};
