import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import type { NetworkInterface, Subnet } from '#core/ports/cloud.ts';
import { isIpv6Only } from './addresses.ts';

type Spec = Pick<NodeEniSpec, 'secondaryPrivateIPAddressCount' | 'ipv6AddressCount'>;

/** Every subnet's router has this address too ("Subnet sizing for IPv6", Amazon VPC User Guide; VPC CNI and Cilium use it). */
const IPV6_GATEWAY = 'fe80:ec2::1';

/**
 * The addresses that are the pods', as blocks: those that were before and are there still, then others up to the number that is
 * asked for. What somebody assigns to the ENI beside them is not theirs.
 */
const singlesOf = (
  addresses: readonly string[],
  count: number,
  length: 32 | 128,
  before: readonly string[],
): string[] => {
  const blocks = addresses.map((address) => `${address}/${length}`);
  const kept = blocks.filter((block) => before.includes(block));
  const added = blocks.filter((block) => !before.includes(block));
  return [...kept, ...added].slice(0, count).toSorted();
};

const ipv4Ranges = (spec: Spec, eni: NetworkInterface, before: readonly string[]): string[] => [
  ...(eni.ipv4Prefixes ?? []).toSorted(),
  ...singlesOf(
    eni.secondaryPrivateIpAddresses,
    spec.secondaryPrivateIPAddressCount ?? 0,
    32,
    before,
  ),
];

/** Beside prefixes, single addresses are the host's; in an IPv6-only subnet one is, since the ENI has no other. */
const ipv6Ranges = (
  spec: Spec,
  eni: NetworkInterface,
  subnet: Subnet,
  before: readonly string[],
): string[] => {
  const prefixes = eni.ipv6Prefixes ?? [];
  if (prefixes.length > 0) return prefixes.toSorted();
  const count = (spec.ipv6AddressCount ?? 0) - Number(isIpv6Only(subnet));
  return singlesOf(eni.ipv6Addresses, Math.max(0, count), 128, before);
};

/** A pod that gets the interface itself has its own addresses. */
const ownRanges = (eni: NetworkInterface, before: readonly string[]) => ({
  ipv4: eni.privateIpAddress === undefined ? [] : [`${eni.privateIpAddress}/32`],
  ipv6: singlesOf(eni.ipv6Addresses, 1, 128, before),
});

/**
 * The addresses of an ENI that pods get, by family, each with the block and the router of the subnet. In: the spec, the ENI
 * as EC2 shows it, its subnet and that router, and what the pods had before. A family without an address is left out.
 */
export const podRanges = (
  { type, spec }: { readonly type: PodNetworkRecord['type']; readonly spec: Spec },
  eni: NetworkInterface,
  subnet: Subnet,
  gateway: string | undefined,
  before: PodNetworkRecord['subnets'] = [],
): PodNetworkRecord['subnets'] => {
  const had = before.flatMap(({ ranges }) => ranges);
  const { ipv4, ipv6 } =
    type === 'host-device'
      ? ownRanges(eni, had)
      : { ipv4: ipv4Ranges(spec, eni, had), ipv6: ipv6Ranges(spec, eni, subnet, had) };
  const { cidr, ipv6Cidr } = subnet;
  return [
    ...(cidr !== undefined && gateway !== undefined && ipv4.length > 0
      ? [{ cidr, gateway, ranges: ipv4 }]
      : []),
    ...(ipv6Cidr !== undefined && ipv6.length > 0
      ? [{ cidr: ipv6Cidr, gateway: IPV6_GATEWAY, ranges: ipv6 }]
      : []),
  ];
};
