import type { Fault } from '#core/instance/fault.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { InstanceTypeLimits, NetworkInterface, Subnet } from '#core/ports/cloud.ts';
import type { DesiredInterface } from './desired.ts';

type Asked = Pick<DesiredInterface, 'nodeEni' | 'subnet'>;
type Counts = Pick<
  Extract<InterfaceAction, { type: 'assign-addresses' }>,
  'secondaryPrivateIpAddressCount' | 'ipv6AddressCount'
>;

const isIpv6Only = ({ cidr }: Subnet): boolean => cidr === undefined;

/**
 * The counts of a create call. In an IPv6-only subnet an ENI has no address but its IPv6 ones, so that it gets one at least; 0
 * overrides a subnet that gives every ENI one ("Ipv6AddressCount", CreateNetworkInterface), and is left out where there is none.
 */
export const countsToCreate = ({ nodeEni: { spec }, subnet }: Asked): Counts => {
  const { secondaryPrivateIPAddressCount: ipv4 = 0, ipv6AddressCount: ipv6 } = spec;
  const count = isIpv6Only(subnet) ? Math.max(1, ipv6 ?? 1) : ipv6;
  const isSaid = count !== undefined && (count > 0 || subnet.hasIpv6);
  return {
    ...(ipv4 > 0 && { secondaryPrivateIpAddressCount: ipv4 }),
    ...(isSaid && { ipv6AddressCount: count }),
  };
};

/** How many IPv4 addresses a desired interface takes from its subnet beyond those that its ENI has. */
export const ipv4Needed = (
  { nodeEni: { spec }, subnet }: Asked,
  eni: NetworkInterface | undefined,
): number => {
  const { secondaryPrivateIPAddressCount: secondary = 0 } = spec;
  if (eni !== undefined) return Math.max(0, secondary - eni.secondaryPrivateIpAddresses.length);
  return isIpv6Only(subnet) ? 0 : 1 + secondary;
};

const tooMany = (type: string, most: number, family: string, asked: number): Fault => ({
  reason: 'TooManyAddresses',
  message: `${type} takes ${most} ${family} addresses on an interface, its primary one included; ${asked} are asked for. Use a larger type or ask for fewer.`,
});

const ipv4Fault = (
  { nodeEni: { spec }, subnet }: Asked,
  limits: InstanceTypeLimits | undefined,
): Fault | undefined => {
  const { secondaryPrivateIPAddressCount: secondary = 0 } = spec;
  if (secondary > 0 && isIpv6Only(subnet))
    return {
      reason: 'NoIPv4InSubnet',
      message: `${subnet.subnetId} has IPv6 addresses only, and secondaryPrivateIPAddressCount asks for ${secondary} of IPv4. Use another subnet, or take it out.`,
    };
  const most = limits?.ipv4AddressesPerInterface;
  return limits !== undefined && most !== undefined && 1 + secondary > most
    ? tooMany(limits.instanceType, most, 'IPv4', 1 + secondary)
    : undefined;
};

/** An IPv6-only subnet takes instances built on Nitro ("IPv6-only subnets", Subnets for your VPC, Amazon VPC User Guide). */
const ipv6Fault = (
  { nodeEni: { spec }, subnet }: Asked,
  limits: InstanceTypeLimits | undefined,
): Fault | undefined => {
  const asked = spec.ipv6AddressCount ?? 0;
  if (isIpv6Only(subnet) && spec.ipv6AddressCount === 0)
    return {
      reason: 'NoIPv4InSubnet',
      message: `${subnet.subnetId} has IPv6 addresses only, and ipv6AddressCount: 0 asks for none. Ask for one, or take it out.`,
    };
  if (isIpv6Only(subnet) && limits?.isXen === true)
    return {
      reason: 'NoIPv4InSubnet',
      message: `${subnet.subnetId} has IPv6 addresses only, which takes an instance built on the Nitro System; ${limits.instanceType} is not. Use another type or another subnet.`,
    };
  if (asked > 0 && !subnet.hasIpv6)
    return {
      reason: 'NoIPv6InSubnet',
      message: `${subnet.subnetId} has no IPv6 block, and ipv6AddressCount asks for ${asked}. Associate one with it, or take it out.`,
    };
  const needed = isIpv6Only(subnet) ? Math.max(1, asked) : asked;
  const most = limits?.ipv6AddressesPerInterface;
  return limits !== undefined && most !== undefined && needed > most
    ? tooMany(limits.instanceType, most, 'IPv6', needed)
    : undefined;
};

/** Addresses that EC2 will not give, by family, known from the subnet and the type ("DescribeInstanceTypes", NetworkInfo). */
export const addressFaults = (desired: Asked, limits: InstanceTypeLimits | undefined) => ({
  ipv4: ipv4Fault(desired, limits),
  ipv6: ipv6Fault(desired, limits),
});

/** An ENI with more addresses than the type takes on one is refused by the attach call. */
export const attachFault = (
  eni: NetworkInterface,
  limits: InstanceTypeLimits | undefined,
): Fault | undefined => {
  if (limits === undefined) return undefined;
  const { instanceType, ipv4AddressesPerInterface, ipv6AddressesPerInterface } = limits;
  const ipv4 =
    eni.secondaryPrivateIpAddresses.length + (eni.privateIpAddress === undefined ? 0 : 1);
  if (ipv4AddressesPerInterface !== undefined && ipv4 > ipv4AddressesPerInterface)
    return tooMany(instanceType, ipv4AddressesPerInterface, 'IPv4', ipv4);
  const ipv6 = eni.ipv6Addresses.length;
  return ipv6AddressesPerInterface !== undefined && ipv6 > ipv6AddressesPerInterface
    ? tooMany(instanceType, ipv6AddressesPerInterface, 'IPv6', ipv6)
    : undefined;
};

/** The steps that are left when these families get no address: what EC2 refuses of one holds back nothing else. */
export const withoutFamilies = (
  actions: readonly InterfaceAction[],
  refused: { readonly ipv4?: unknown; readonly ipv6?: unknown },
): InterfaceAction[] =>
  actions.flatMap((action): InterfaceAction[] => {
    if (action.type !== 'assign-addresses') return [action];
    const { secondaryPrivateIpAddressCount, ipv6AddressCount, ...rest } = action;
    const counts = {
      ...(refused.ipv4 === undefined &&
        secondaryPrivateIpAddressCount !== undefined && { secondaryPrivateIpAddressCount }),
      ...(refused.ipv6 === undefined && ipv6AddressCount !== undefined && { ipv6AddressCount }),
    };
    return Object.keys(counts).length === 0 ? [] : [{ ...rest, ...counts }];
  });
