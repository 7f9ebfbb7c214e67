import { takeAddresses, takePrefixes } from './addresses.ts';
import { ec2Error } from './errors.ts';
import { ADDRESSES_PER_INTERFACE } from './instance-types.ts';
import type { Ec2World, SimulatedInterface, SimulatedSubnet } from './model.ts';

/** An instance type limits the addresses of each interface ("IP addresses per network interface", EC2 User Guide). */
export const checkAddressCount = (
  world: Ec2World,
  eni: SimulatedInterface,
  {
    added = 0,
    addedIpv6 = 0,
    instanceId = '',
  }: {
    readonly added?: number;
    readonly addedIpv6?: number;
    readonly instanceId?: string | undefined;
  },
): void => {
  const type = world.instances.get(instanceId)?.instanceType ?? '';
  const most = ADDRESSES_PER_INTERFACE.get(type) ?? Number.POSITIVE_INFINITY;
  const primary = eni.privateIpAddress === undefined ? 0 : 1;
  const { secondaryPrivateIpAddresses, ipv4Prefixes, ipv6Addresses, ipv6Prefixes } = eni;
  const ipv4 = primary + secondaryPrivateIpAddresses.length + ipv4Prefixes.length + added;
  if (Math.max(ipv4, ipv6Addresses.length + ipv6Prefixes.length + addedIpv6) > most)
    throw ec2Error(
      'PrivateIpAddressLimitExceeded',
      'Number of private addresses will exceed limit.',
    );
};

export const addressesFor = (world: Ec2World, subnet: SimulatedSubnet, count: number): string[] => {
  const addresses = takeAddresses(world, subnet, count);
  if (addresses.length < count)
    throw ec2Error(
      'InsufficientFreeAddressesInSubnet',
      `The specified subnet does not have enough free addresses to satisfy the request.`,
    );
  return addresses;
};

/** A subnet without a free block has none to give, however many single addresses are free ("InsufficientCidrBlocks", EC2 API Reference). */
export const prefixesFor = (world: Ec2World, subnet: SimulatedSubnet, count: number): string[] => {
  const prefixes = takePrefixes(world, subnet, count);
  if (prefixes.length < count)
    throw ec2Error(
      'InsufficientCidrBlocks',
      `The specified subnet does not have enough free cidr blocks to satisfy the request.`,
    );
  return prefixes;
};

/** A call takes addresses or prefixes of a family ("CreateNetworkInterface", "AssignPrivateIpAddresses", "AssignIpv6Addresses"). */
export const checkOneKind = (addresses: unknown, prefixes: unknown): void => {
  if (addresses !== undefined && prefixes !== undefined)
    throw ec2Error(
      'InvalidParameterCombination',
      'The parameters for addresses and for prefixes may not be used together.',
    );
};

/** In an IPv6-only subnet there is no address but of IPv6, and each ENI gets one ("Ipv6Native", CreateSubnet). */
export const checkFamily = (
  { cidr, subnetId }: SimulatedSubnet,
  ipv4: number,
  ipv6: number,
): void => {
  if (cidr === undefined && (ipv4 > 0 || ipv6 === 0))
    throw ec2Error(
      'InvalidParameterCombination',
      `An interface of the IPv6-only subnet ${subnetId} has IPv6 addresses only, and at least one.`,
    );
};

/** A subnet gives IPv6 addresses only from a block that is associated with it ("AssignIpv6Addresses"). */
export const checkIpv6 = ({ subnetId, ipv6Cidr }: SimulatedSubnet, count: number): void => {
  if (count > 0 && ipv6Cidr === undefined)
    throw ec2Error(
      'InvalidParameterValue',
      `The subnet ${subnetId} does not have an IPv6 CIDR block associated with it.`,
    );
};
