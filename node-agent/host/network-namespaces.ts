import { join } from 'node:path';
import type { Asked } from '../agent/host.ts';
import type { LinkInPod } from '../agent/observed.ts';
import { isPciAddress } from '../agent/pci-address.ts';
import { ifAllowed, linkName, namesIn, readText } from './files.ts';

export interface Sighting {
  /** Of the device. */
  readonly address: string;
  readonly macAddress: string;
  /** A process in the namespace. */
  readonly pid: string;
  /** Absent when only a link that is stacked on it is there. */
  readonly link?: LinkInPod;
}

interface ForeignLink {
  readonly name: string;
  readonly macAddress: string;
  readonly mtuBytes: number;
  readonly txQueueLength: number;
  /** Index of the link below, in its own namespace; its own index when there is none. */
  readonly lowerIndex: number;
  readonly index: number;
  /** What it says its device is; absent for software links. */
  readonly device?: string;
}

const readLink = async (all: string, name: string): Promise<ForeignLink> => {
  const folder = join(all, name);
  const [macAddress = '', mtu, queue, lowerIndex, index, device] = await Promise.all([
    readText(join(folder, 'address')),
    readText(join(folder, 'mtu')),
    readText(join(folder, 'tx_queue_len')),
    readText(join(folder, 'iflink')),
    readText(join(folder, 'ifindex')),
    linkName(join(folder, 'device')),
  ]);
  return {
    name,
    macAddress: macAddress.trim().toLowerCase(),
    mtuBytes: Number(mtu),
    txQueueLength: Number(queue),
    lowerIndex: Number(lowerIndex),
    index: Number(index),
    ...(device === undefined ? {} : { device }),
  };
};

const readLinks = async (folder: string): Promise<readonly ForeignLink[]> =>
  Promise.all((await namesIn(folder)).map((name) => readLink(folder, name)));

const isChildOf = ({ ifindex }: Asked, { lowerIndex, index }: ForeignLink): boolean =>
  ifindex !== undefined && lowerIndex === ifindex && index !== ifindex;

/** What is seen of a device among the links of one namespace; undefined when nothing is. */
const sightingOf = (
  asked: Asked,
  links: readonly ForeignLink[],
  pid: string,
): Sighting | undefined => {
  const { macAddress } = asked;
  const own = links.find(
    ({ device, macAddress: shown }) =>
      device !== undefined && (device === asked.address || shown === macAddress),
  );
  const shownAddress = isPciAddress(own?.device) ? own?.device : undefined;
  // What the link itself shows comes first: the asked one may be a guess.
  const address = shownAddress ?? asked.address;
  if (address === undefined) return undefined;
  if (own !== undefined) {
    const { name, mtuBytes, txQueueLength } = own;
    return { address, macAddress, pid, link: { name, pid, mtuBytes, txQueueLength } };
  }
  return links.some((link) => link.device === undefined && isChildOf(asked, link))
    ? { address, macAddress, pid }
    : undefined;
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
    for (const device of devices) sightings.push(...[sightingOf(device, links, pid) ?? []].flat());
  }
  return sightings;
};
