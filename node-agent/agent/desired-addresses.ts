import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { canonicalIpv6, isInBlock } from './address-blocks.ts';

/** The addresses of an ENI that a link may be given, and its way out. */
export interface DesiredAddresses {
  /** Of the routing table, and of the rule that leads to it. */
  readonly table: number;
  /** The primary one; absent in a subnet without IPv4. */
  readonly ipv4?: {
    readonly address: string;
    /** `10.0.2.0/24` */
    readonly subnet: string;
    readonly gateway: string;
  };
  /** One of them is enough: the others are for pods. */
  readonly ipv6: readonly string[];
}

/** Far from those of the VPC CNI (2 and up), of its branch ENIs (100 and up) and of nodeadm and ec2-net-utils (10000 and up). */
const FIRST_TABLE = 30_000;
const INDEXES_A_CARD = 128;

/** What a slot says of addresses; undefined when it asks for none, or EC2 has told of none yet. */
export const desiredAddressesOf = ({
  linkMode,
  dpdk,
  deviceIndex,
  networkCardIndex = 0,
  privateIpAddress,
  subnetCidr,
  gateway,
  ipv6Addresses = [],
  podNetwork,
}: SlotSpec): DesiredAddresses | undefined => {
  if (linkMode !== 'Addressed' || dpdk !== undefined || deviceIndex === undefined) return undefined;
  // A pod that is given the link has its addresses.
  if (podNetwork?.type === 'host-device') return undefined;
  const ofPods = podNetwork?.subnets.flatMap(({ ranges }) => ranges) ?? [];
  const ipv6 = ipv6Addresses.filter(
    (address) => !ofPods.some((block) => isInBlock(address, block)),
  );
  const hasIpv4 =
    privateIpAddress !== undefined && subnetCidr !== undefined && gateway !== undefined;
  if (!hasIpv4 && ipv6.length === 0) return undefined;
  return {
    table: FIRST_TABLE + networkCardIndex * INDEXES_A_CARD + deviceIndex,
    ...(hasIpv4 && { ipv4: { address: privateIpAddress, subnet: subnetCidr, gateway } }),
    ipv6: ipv6.map(canonicalIpv6),
  };
};
