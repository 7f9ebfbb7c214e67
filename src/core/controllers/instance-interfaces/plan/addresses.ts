import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { AddressCounts, NetworkInterface, Subnet } from '#core/ports/cloud.ts';
import type { DesiredInterface } from './desired.ts';

/** What asks for addresses, and the subnet that is to give them. */
export type Asked = Pick<DesiredInterface, 'nodeEni' | 'subnet'>;

/** A /28 ("Prefix delegation for Amazon EC2 network interfaces", EC2 User Guide). */
export const ADDRESSES_PER_IPV4_PREFIX = 16;

export const isIpv6Only = ({ cidr }: Subnet): boolean => cidr === undefined;

const ipv4ToCreate = ({ nodeEni: { spec } }: Asked): AddressCounts => {
  const { secondaryPrivateIPAddressCount: single = 0, ipv4PrefixCount = 0 } = spec;
  if (ipv4PrefixCount > 0) return { ipv4PrefixCount };
  return single > 0 ? { secondaryPrivateIpAddressCount: single } : {};
};

/**
 * In an IPv6-only subnet an ENI has no address but its IPv6 ones, so that it gets one at least; 0 overrides a subnet that gives
 * every ENI one ("Ipv6AddressCount", CreateNetworkInterface), and is left out where there is none.
 */
const ipv6ToCreate = ({ nodeEni: { spec }, subnet }: Asked): AddressCounts => {
  const { ipv6AddressCount: single, ipv6PrefixCount = 0 } = spec;
  if (isIpv6Only(subnet)) return { ipv6AddressCount: Math.max(1, single ?? 1) };
  if (ipv6PrefixCount > 0) return { ipv6PrefixCount };
  const isSaid = single !== undefined && (single > 0 || subnet.hasIpv6);
  return isSaid ? { ipv6AddressCount: single } : {};
};

/**
 * The counts of a create call, which takes addresses or prefixes of a family and not both ("CreateNetworkInterface"): prefixes
 * come first, and what is left is assigned to the ENI that is there.
 */
export const countsToCreate = (desired: Asked): AddressCounts => ({
  ...ipv4ToCreate(desired),
  ...ipv6ToCreate(desired),
});

/** The same counts without prefixes: a subnet that has no free block gives single addresses still. */
export const withoutPrefixes = ({ nodeEni, subnet }: Asked): AddressCounts => {
  const { ipv4PrefixCount: _, ipv6PrefixCount: __, ...spec } = nodeEni.spec;
  return countsToCreate({ nodeEni: { ...nodeEni, spec }, subnet });
};

/** How many IPv4 addresses a desired interface takes from its subnet beyond those that its ENI has. */
export const ipv4Needed = (
  { nodeEni: { spec }, subnet }: Asked,
  eni: NetworkInterface | undefined,
): number => {
  const { secondaryPrivateIPAddressCount: single = 0, ipv4PrefixCount: prefixes = 0 } = spec;
  if (eni === undefined)
    return isIpv6Only(subnet) ? 0 : 1 + single + ADDRESSES_PER_IPV4_PREFIX * prefixes;
  const lacking = Math.max(0, prefixes - (eni.ipv4Prefixes?.length ?? 0));
  return (
    Math.max(0, single - eni.secondaryPrivateIpAddresses.length) +
    ADDRESSES_PER_IPV4_PREFIX * lacking
  );
};

/** The steps that are left when these families get no address: what EC2 refuses of one holds back nothing else. */
export const withoutFamilies = (
  actions: readonly InterfaceAction[],
  refused: { readonly ipv4?: unknown; readonly ipv6?: unknown },
): InterfaceAction[] =>
  actions.flatMap((action): InterfaceAction[] => {
    if (action.type !== 'assign-addresses') return [action];
    const { secondaryPrivateIpAddressCount, ipv4PrefixCount, ipv6AddressCount, ipv6PrefixCount } =
      action;
    const isIpv4 = (secondaryPrivateIpAddressCount ?? ipv4PrefixCount) !== undefined;
    const isIpv6 = (ipv6AddressCount ?? ipv6PrefixCount) !== undefined;
    const isRefused =
      (isIpv4 && refused.ipv4 !== undefined) || (isIpv6 && refused.ipv6 !== undefined);
    return isRefused ? [] : [action];
  });
