import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { canonicalIpv6, endsOf } from './address-blocks.ts';

/** The name of a link, at most 15 characters (IFNAMSIZ, linux/if.h). */
const PREFIX = 'neni';
const MOST_ID_CHARACTERS = 11;

/**
 * The name by which the network of an ENI finds its link. The agent gives it to the link with the ENI's MAC address, and it goes
 * with a reboot, or with the ENI: a file that is out of date finds no link, where `ens6` could be another one's by then.
 */
export const masterNameOf = (eniId: string): string =>
  `${PREFIX}${eniId.replace(/^eni-/, '').slice(-MOST_ID_CHARACTERS)}`;

const FILE_PREFIX = '00-nodeeni-';
const FILE_SUFFIX = '.conflist';

/**
 * Multus reads the files of its folder by their names, until one has the network, and gives up at the first that is broken
 * (GetCNIConfigFromFile, network-attachment-definition-client): ours come first.
 */
export const fileNameOf = (network: string): string => `${FILE_PREFIX}${network}${FILE_SUFFIX}`;

/** True for the name of a file of ours. */
export const isOwnName = (name: string): boolean =>
  name.startsWith(FILE_PREFIX) && name.endsWith(FILE_SUFFIX);

/** True for what a write that was interrupted has left. Multus does not read it, by its ending. */
export const isDraft = (name: string): boolean =>
  name.startsWith(FILE_PREFIX) && /\.conflist\.nodeeni-\d+$/.test(name);

/** True for a file that Multus and the container runtime read, by its ending (ConfFiles, libcni). */
export const isConfigName = (name: string): boolean => /\.(conf|conflist|json)$/.test(name);

/** What a network is made of. */
export interface NetworkParts {
  readonly network: PodNetworkRecord;
  readonly eniId: string;
  readonly macAddress: string;
  /** A name of the link, for ipvlan. */
  readonly master?: string;
  /** Absent: that of the link. */
  readonly mtuBytes?: number;
  /** Of a device that a driver for DPDK has. */
  readonly pciAddress?: string;
  /** Where the plugin host-local notes which addresses are in use, as the host names it. */
  readonly addressFolder: string;
}

const isIpv6 = (address: string): boolean => address.includes(':');

/** Several blocks are several ranges of one set: a pod gets one address of each set ("host-local IP address management plugin", cni.dev). */
const rangesOf = ({ subnets }: PodNetworkRecord) =>
  subnets.map(({ cidr, gateway, ranges }) =>
    ranges.map((block) => {
      const { first, last } = endsOf(block);
      return {
        subnet: cidr,
        rangeStart: first,
        rangeEnd: last,
        // A router outside of the block is told with each route: some versions of the plugin refuse it here.
        ...(isIpv6(gateway) ? {} : { gateway }),
      };
    }),
  );

const routesOf = ({ routes = [], subnets }: PodNetworkRecord) =>
  routes.map(({ dst, gw }) => {
    const router = subnets.find(({ cidr }) => isIpv6(cidr) === isIpv6(dst))?.gateway;
    const hop = gw ?? (router !== undefined && isIpv6(router) ? canonicalIpv6(router) : router);
    return { dst, ...(hop !== undefined && { gw: hop }) };
  });

const pluginOf = ({ network, master, macAddress, mtuBytes, pciAddress }: NetworkParts) =>
  network.type === 'ipvlan'
    ? {
        type: 'ipvlan',
        master,
        mode: network.mode ?? 'l2',
        ...(mtuBytes !== undefined && { mtu: mtuBytes }),
      }
    : {
        type: 'host-device',
        // By it the plugin sees that a driver for DPDK has the device; a link of the kernel is found by its MAC address.
        ...(pciAddress !== undefined && { pciBusID: pciAddress }),
        hwaddr: macAddress,
      };

/**
 * The text of the file from which Multus takes a network: a list of plugins ("Network configuration format", CNI specification),
 * with a key of ours, by which the file is known, and which plugins do not read.
 */
export const networkFileText = (parts: NetworkParts): string => {
  const { network, eniId, addressFolder } = parts;
  const ipam = {
    type: 'host-local',
    dataDir: addressFolder,
    ranges: rangesOf(network),
    ...(network.routes !== undefined && { routes: routesOf(network) }),
  };
  const list = {
    cniVersion: '0.4.0',
    name: network.name,
    nodeeni: { eni: eniId },
    plugins: [{ ...pluginOf(parts), capabilities: { ips: true }, ipam }],
  };
  return `${JSON.stringify(list, undefined, 2)}\n`;
};

/** What a file in the folder says, as far as it matters whose it is. */
export interface FileReading {
  /** Absent for a file at which Multus gives up. */
  readonly network?: string;
  /** The ENI, of a file that the agent has written. */
  readonly eniId?: string;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;

/** Reads a file of the folder, whoever has written it. */
export const readNetworkFile = (name: string, text: string): FileReading => {
  const value = parsed(text);
  const network = fieldOf(value, 'name');
  const plugins = fieldOf(value, 'plugins');
  const isList = Array.isArray(plugins) && plugins.length > 0;
  const isWhole = typeof network === 'string' && (isList || !name.endsWith(FILE_SUFFIX));
  const eniId = fieldOf(fieldOf(value, 'nodeeni'), 'eni');
  return {
    ...(isWhole && { network }),
    ...(typeof eniId === 'string' && { eniId }),
  };
};
