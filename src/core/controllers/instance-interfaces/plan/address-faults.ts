import type { Fault } from '#core/instance/fault.ts';
import type { InstanceTypeLimits, NetworkInterface } from '#core/ports/cloud.ts';
import { type Asked, isIpv6Only } from './addresses.ts';

const tooMany = (type: string, most: number, family: string, asked: number): Fault => ({
  reason: 'TooManyAddresses',
  message: `${type} takes ${most} ${family} addresses on an interface, its primary one included; ${asked} are asked for, a prefix counted as one. Use a larger type or ask for fewer.`,
});

/** "Prefix delegation for Amazon EC2 network interfaces", EC2 User Guide. */
const prefixFault = (
  prefixes: number,
  limits: InstanceTypeLimits | undefined,
): Fault | undefined =>
  prefixes > 0 && limits?.isXen === true
    ? {
        reason: 'PrefixesNeedNitro',
        message: `${limits.instanceType} is not built on the Nitro System, and only such instances take prefixes. Use another type, or ask for single addresses.`,
      }
    : undefined;

const ipv4Fault = (
  { nodeEni: { spec }, subnet }: Asked,
  limits: InstanceTypeLimits | undefined,
): Fault | undefined => {
  const { secondaryPrivateIPAddressCount: single = 0, ipv4PrefixCount: prefixes = 0 } = spec;
  if (single + prefixes > 0 && isIpv6Only(subnet)) {
    const field = single > 0 ? 'secondaryPrivateIPAddressCount' : 'ipv4PrefixCount';
    return {
      reason: 'NoIPv4InSubnet',
      message: `${subnet.subnetId} has IPv6 addresses only, and ${field} asks for ${single || prefixes} of IPv4. Use another subnet, or take it out.`,
    };
  }
  const most = limits?.ipv4AddressesPerInterface;
  const asked = 1 + single + prefixes;
  return limits !== undefined && most !== undefined && asked > most
    ? tooMany(limits.instanceType, most, 'IPv4', asked)
    : prefixFault(prefixes, limits);
};

/** An IPv6-only subnet takes instances built on Nitro ("IPv6-only subnets", Subnets for your VPC, Amazon VPC User Guide). */
const ipv6Fault = (
  { nodeEni: { spec }, subnet }: Asked,
  limits: InstanceTypeLimits | undefined,
): Fault | undefined => {
  const { ipv6AddressCount: single = 0, ipv6PrefixCount: prefixes = 0 } = spec;
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
  if (single + prefixes > 0 && !subnet.hasIpv6) {
    const field = single > 0 ? 'ipv6AddressCount' : 'ipv6PrefixCount';
    return {
      reason: 'NoIPv6InSubnet',
      message: `${subnet.subnetId} has no IPv6 block, and ${field} asks for ${single || prefixes}. Associate one with it, or take it out.`,
    };
  }
  const needed = (isIpv6Only(subnet) ? Math.max(1, single) : single) + prefixes;
  const most = limits?.ipv6AddressesPerInterface;
  return limits !== undefined && most !== undefined && needed > most
    ? tooMany(limits.instanceType, most, 'IPv6', needed)
    : prefixFault(prefixes, limits);
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
    eni.secondaryPrivateIpAddresses.length +
    (eni.ipv4Prefixes?.length ?? 0) +
    (eni.privateIpAddress === undefined ? 0 : 1);
  if (ipv4AddressesPerInterface !== undefined && ipv4 > ipv4AddressesPerInterface)
    return tooMany(instanceType, ipv4AddressesPerInterface, 'IPv4', ipv4);
  const ipv6 = eni.ipv6Addresses.length + (eni.ipv6Prefixes?.length ?? 0);
  return ipv6AddressesPerInterface !== undefined && ipv6 > ipv6AddressesPerInterface
    ? tooMany(instanceType, ipv6AddressesPerInterface, 'IPv6', ipv6)
    : prefixFault((eni.ipv4Prefixes?.length ?? 0) + (eni.ipv6Prefixes?.length ?? 0), limits);
};
