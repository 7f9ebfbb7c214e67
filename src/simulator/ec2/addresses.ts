import type { Random } from '../random.ts';
import type { Ec2World, SimulatedSubnet } from './model.ts';

/** AWS keeps five addresses of every subnet ("Subnet CIDR blocks", Amazon VPC User Guide). */
const RESERVED = 5;

const toNumber = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

const toText = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** A MAC address as EC2 gives them: six octets, locally administered. */
export const newMacAddress = (random: Random): string =>
  ['02', ...Array.from({ length: 5 }, () => random.int(256).toString(16).padStart(2, '0'))].join(
    ':',
  );

/** The name EC2 gives a resource by its address in us-east-1 ("EC2 instance hostnames and domains", EC2 User Guide). */
export const privateDnsNameOf = (address: string): string =>
  `ip-${address.replaceAll('.', '-')}.ec2.internal`;

/** A /28 ("Prefix delegation for Amazon EC2 network interfaces", EC2 User Guide). */
const PREFIX_SIZE = 16;

const addressesOf = (prefix: string): string[] => {
  const first = toNumber(prefix.split('/')[0] ?? '');
  return Array.from({ length: PREFIX_SIZE }, (_, offset) => toText(first + offset));
};

/** The first number of a block, and the one after its last. */
const boundsOf = (cidr: string): readonly [first: number, end: number] => {
  const [address = '', length = '32'] = cidr.split('/');
  return [toNumber(address), toNumber(address) + 2 ** (32 - Number(length))];
};

const overlap = (one: string, other: string): boolean => {
  const [[first, end], [otherFirst, otherEnd]] = [boundsOf(one), boundsOf(other)];
  return first < otherEnd && otherFirst < end;
};

const isWithin = (inner: string, outer: string): boolean => {
  const [[first, end], [outerFirst, outerEnd]] = [boundsOf(inner), boundsOf(outer)];
  return outerFirst <= first && end <= outerEnd;
};

/** True for an address that a resource of the subnet may have. */
export const isUsable = (subnet: SimulatedSubnet, address: string): boolean => {
  const offset = toNumber(address) - toNumber(subnet.cidr?.split('/')[0] ?? '');
  return offset >= RESERVED - 1 && offset < capacityOf(subnet) + RESERVED - 1;
};

/** True when an interface has the address, by itself or in a prefix. */
export const isInUse = (world: Ec2World, { subnetId }: SimulatedSubnet, address: string): boolean =>
  usedIn(world, subnetId).has(address);

/**
 * Prefixes are from what is reserved for them, where something is: whether EC2 goes on elsewhere when that is used up is not
 * documented, and here it does not. What is reserved for addresses that somebody names has none ("Subnet CIDR reservations", Amazon VPC User Guide).
 */
const mayBePrefix = ({ reservations }: SimulatedSubnet, block: string): boolean => {
  const forPrefixes = reservations.filter(({ type }) => type === 'prefix');
  return forPrefixes.length > 0
    ? forPrefixes.some(({ cidr }) => isWithin(block, cidr))
    : !reservations.some(({ cidr }) => overlap(block, cidr));
};

const usedIn = (world: Ec2World, subnetId: string): Set<string> =>
  new Set(
    [...world.interfaces.values()]
      .filter((eni) => eni.subnetId === subnetId)
      .flatMap((eni) => [
        ...(eni.privateIpAddress === undefined ? [] : [eni.privateIpAddress]),
        ...eni.secondaryPrivateIpAddresses,
        ...eni.ipv4Prefixes.flatMap(addressesOf),
      ]),
  );

const capacityOf = ({ cidr }: SimulatedSubnet): number =>
  cidr === undefined ? 0 : 2 ** (32 - Number(cidr.split('/')[1] ?? '24')) - RESERVED;

/** What DescribeSubnets tells as AvailableIpAddressCount. */
export const availableAddresses = (world: Ec2World, subnet: SimulatedSubnet): number =>
  capacityOf(subnet) - usedIn(world, subnet.subnetId).size;

/** The next free addresses of a subnet, of which none is reserved; fewer than asked for when it is full. */
export const takeAddresses = (
  world: Ec2World,
  subnet: SimulatedSubnet,
  count: number,
): string[] => {
  const used = usedIn(world, subnet.subnetId);
  const first = toNumber(subnet.cidr?.split('/')[0] ?? '') + RESERVED - 1;
  const taken: string[] = [];
  for (let offset = 0; offset < capacityOf(subnet) && taken.length < count; offset += 1) {
    const address = toText(first + offset);
    const isReserved = subnet.reservations.some(({ cidr }) => isWithin(address, cidr));
    if (!isReserved && !used.has(address)) taken.push(address);
  }
  return taken;
};

/** The next free /28s of a subnet, none of whose addresses is in use; fewer than asked for when there are no more. */
export const takePrefixes = (world: Ec2World, subnet: SimulatedSubnet, count: number): string[] => {
  if (count === 0) return [];
  const used = usedIn(world, subnet.subnetId);
  const start = toNumber(subnet.cidr?.split('/')[0] ?? '');
  const size = capacityOf(subnet) + RESERVED;
  const taken: string[] = [];
  // The first four addresses and the last one are AWS's, so neither the first block nor the last is whole.
  for (let offset = PREFIX_SIZE; offset + PREFIX_SIZE < size; offset += PREFIX_SIZE) {
    const prefix = `${toText(start + offset)}/28`;
    const isFree = !addressesOf(prefix).some((address) => used.has(address));
    if (taken.length < count && isFree && mayBePrefix(subnet, prefix)) taken.push(prefix);
  }
  return taken;
};

/** As many /80s of the subnet's IPv6 block, which never runs out of them here. */
export const takeIpv6Prefixes = (
  random: Random,
  { ipv6Cidr }: Pick<SimulatedSubnet, 'ipv6Cidr'>,
  count: number,
): string[] =>
  Array.from({ length: count }, () => {
    const network = ipv6Cidr?.split('::')[0] ?? '';
    return `${network}:${(1 + random.int(65_535)).toString(16)}::/80`;
  });

/** As many addresses of the subnet's IPv6 block; a /64 never runs out. */
export const takeIpv6Addresses = (
  random: Random,
  { ipv6Cidr }: Pick<SimulatedSubnet, 'ipv6Cidr'>,
  count: number,
): string[] =>
  Array.from(
    { length: count },
    (_, index) => `${ipv6Cidr?.split('/')[0] ?? '::'}${random.int(65_536).toString(16)}:${index}`,
  );
