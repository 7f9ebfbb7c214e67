import type {
  AssignPrivateIpAddressesCommandInput,
  CreateNetworkInterfaceCommandInput,
  Tag,
} from '@aws-sdk/client-ec2';
import { canonicalJson } from '#core/json.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import type { Random } from '../random.ts';
import {
  newMacAddress,
  takeAddresses,
  takeIpv6Addresses,
  takeIpv6Prefixes,
  takePrefixes,
} from './addresses.ts';
import { interfaceAnswer } from './answers.ts';
import { ec2Error } from './errors.ts';
import { existingGroup, existingInterface, existingSubnet } from './existing.ts';
import { ADDRESSES_PER_INTERFACE } from './instance-types.ts';
import type { Ec2World, SimulatedInterface, SimulatedSubnet } from './model.ts';
import { assignNamed, newAmong } from './named-addresses.ts';
import { withTags } from './tags.ts';

/** Groups of one ENI ("Amazon VPC quotas"). */
const MOST_GROUPS = 5;

interface Setting {
  readonly world: Ec2World;
  readonly clock: Clock;
  readonly random: Random;
  /** ENIs a region holds (quota L-DF5E4CA3). */
  readonly mostInterfaces: number;
}

/** An ENI for which nobody names a group gets the default one of its VPC ("CreateNetworkInterface"). */
export const defaultGroupIds = (world: Ec2World, vpcId: string): string[] =>
  [...world.groups.values()]
    .filter((group) => group.groupName === 'default' && group.vpcId === vpcId)
    .map(({ groupId }) => groupId);

/** Groups must exist and lie in the VPC of the subnet or be associated with it ("AssociateSecurityGroupVpc"). */
export const checkGroups = (world: Ec2World, groupIds: readonly string[], vpcId: string): void => {
  if (groupIds.length > MOST_GROUPS)
    throw ec2Error(
      'SecurityGroupsPerInterfaceLimitExceeded',
      `You have exceeded the number of security groups allowed per network interface: ${MOST_GROUPS}`,
    );
  for (const id of groupIds) {
    const isUsable =
      existingGroup(world, id).vpcId === vpcId || world.associations.get(id)?.includes(vpcId);
    if (!isUsable)
      throw ec2Error(
        'InvalidParameter',
        `You have specified two resources that belong to different networks.`,
      );
  }
};

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

const addressesFor = (world: Ec2World, subnet: SimulatedSubnet, count: number): string[] => {
  const addresses = takeAddresses(world, subnet, count);
  if (addresses.length < count)
    throw ec2Error(
      'InsufficientFreeAddressesInSubnet',
      `The specified subnet does not have enough free addresses to satisfy the request.`,
    );
  return addresses;
};

/** A subnet without a free block has none to give, however many single addresses are free ("InsufficientCidrBlocks", EC2 API Reference). */
const prefixesFor = (world: Ec2World, subnet: SimulatedSubnet, count: number): string[] => {
  const prefixes = takePrefixes(world, subnet, count);
  if (prefixes.length < count)
    throw ec2Error(
      'InsufficientCidrBlocks',
      `The specified subnet does not have enough free cidr blocks to satisfy the request.`,
    );
  return prefixes;
};

/** A call takes addresses or prefixes of a family ("CreateNetworkInterface", "AssignPrivateIpAddresses", "AssignIpv6Addresses"). */
const checkOneKind = (addresses: unknown, prefixes: unknown): void => {
  if (addresses !== undefined && prefixes !== undefined)
    throw ec2Error(
      'InvalidParameterCombination',
      'The parameters for addresses and for prefixes may not be used together.',
    );
};

/** Addresses are named or counted ("PrivateIpAddresses", AssignPrivateIpAddresses). */
const checkNamed = ({
  PrivateIpAddresses: named,
  SecondaryPrivateIpAddressCount: count,
}: Pick<
  AssignPrivateIpAddressesCommandInput,
  'PrivateIpAddresses' | 'SecondaryPrivateIpAddressCount'
>): void => {
  if (named !== undefined && count !== undefined)
    throw ec2Error(
      'InvalidParameterCombination',
      'The parameters for named addresses and for a number of them may not be used together.',
    );
};

/** The limit that the console and CloudFormation give for descriptions. */
const LONGEST_DESCRIPTION = 255;

export const checkDescription = (description = ''): void => {
  if (description.length > LONGEST_DESCRIPTION)
    throw ec2Error(
      'InvalidParameterValue',
      `Description must have at most ${LONGEST_DESCRIPTION} characters.`,
    );
};

/** A subnet gives IPv6 addresses only from a block that is associated with it ("AssignIpv6Addresses"). */
const checkIpv6 = ({ subnetId, ipv6Cidr }: SimulatedSubnet, count: number): void => {
  if (count > 0 && ipv6Cidr === undefined)
    throw ec2Error(
      'InvalidParameterValue',
      `The subnet ${subnetId} does not have an IPv6 CIDR block associated with it.`,
    );
};

/** In an IPv6-only subnet there is no address but of IPv6, and each ENI gets one ("Ipv6Native", CreateSubnet). */
const checkFamily = ({ cidr, subnetId }: SimulatedSubnet, ipv4: number, ipv6: number): void => {
  if (cidr === undefined && (ipv4 > 0 || ipv6 === 0))
    throw ec2Error(
      'InvalidParameterCombination',
      `An interface of the IPv6-only subnet ${subnetId} has IPv6 addresses only, and at least one.`,
    );
};

/** "TagSpecification", EC2 API Reference: the resource type is the one that is made. */
const tagsFor = ({ TagSpecifications = [] }: CreateNetworkInterfaceCommandInput): Tag[] =>
  TagSpecifications.flatMap(({ ResourceType, Tags = [] }) => {
    if (ResourceType === 'network-interface') return Tags;
    throw ec2Error(
      'InvalidParameterValue',
      `'${ResourceType}' is not a valid taggable resource type for this operation.`,
    );
  });

const make = (input: CreateNetworkInterfaceCommandInput, setting: Setting): SimulatedInterface => {
  const { world, clock, random, mostInterfaces } = setting;
  if (input.SubnetId === undefined)
    throw ec2Error('MissingParameter', 'The request must contain the parameter subnetId');
  const subnet = existingSubnet(world, input.SubnetId);
  const groupIds = input.Groups ?? defaultGroupIds(world, subnet.vpcId);
  checkGroups(world, groupIds, subnet.vpcId);
  const tags = withTags(new Map(), tagsFor(input));
  if (world.interfaces.size >= mostInterfaces)
    throw ec2Error(
      'NetworkInterfaceLimitExceeded',
      `Maximum number of network interfaces exceeded`,
    );
  const { Ipv4PrefixCount: ipv4Blocks = 0, Ipv6PrefixCount: ipv6Blocks = 0 } = input;
  checkOneKind(input.SecondaryPrivateIpAddressCount, input.Ipv4PrefixCount);
  checkOneKind(input.Ipv6AddressCount, input.Ipv6PrefixCount);
  const secondary = input.SecondaryPrivateIpAddressCount ?? 0;
  const ipv6Count = input.Ipv6AddressCount ?? (subnet.cidr === undefined ? 1 : 0);
  checkIpv6(subnet, ipv6Count + ipv6Blocks);
  checkFamily(subnet, secondary + ipv4Blocks, ipv6Count);
  checkDescription(input.Description);
  const ipv4Count = subnet.cidr === undefined ? 0 : 1 + secondary;
  const [primary, ...others] = addressesFor(world, subnet, ipv4Count);
  const ipv4Prefixes = prefixesFor(world, subnet, ipv4Blocks);
  return {
    eniId: random.id('eni'),
    subnetId: subnet.subnetId,
    macAddress: newMacAddress(random),
    privateIpAddress: primary,
    secondaryPrivateIpAddresses: others,
    ipv6Addresses: takeIpv6Addresses(random, subnet, ipv6Count),
    ipv4Prefixes,
    ipv6Prefixes: takeIpv6Prefixes(random, subnet, ipv6Blocks),
    createdAt: clock.now().getTime(),
    groupIds: [...groupIds],
    description: input.Description ?? '',
    sourceDestCheck: true,
    tags,
    attachment: undefined,
  };
};

/** CreateNetworkInterface and the calls that give an ENI more addresses. */
export const createCreation = (
  setting: Setting,
): Pick<Ec2Api, 'createNetworkInterface' | 'assignPrivateIpAddresses' | 'assignIpv6Addresses'> => {
  const { world, random } = setting;

  return {
    /**
     * A token that was used before gives its first answer again, even when the ENI is gone since: how long EC2
     * remembers is not documented ("Ensuring idempotency in Amazon EC2 API requests").
     */
    async createNetworkInterface(input) {
      const { ClientToken: token, ...parameters } = input;
      const text = canonicalJson(parameters);
      const before = token === undefined ? undefined : world.clientTokens.get(token);
      if (before !== undefined && before.input !== text)
        throw ec2Error(
          'IdempotentParameterMismatch',
          'The client token you have provided is associated with a resource for which you have specified different parameters.',
        );
      if (before !== undefined) return { ...before.answer, $metadata: {} };
      const eni = make(input, setting);
      world.interfaces.set(eni.eniId, eni);
      const answer = { NetworkInterface: interfaceAnswer(world, eni), ClientToken: token ?? '' };
      if (token !== undefined) world.clientTokens.set(token, { input: text, answer });
      return { ...answer, $metadata: {} };
    },

    async assignPrivateIpAddresses(input) {
      const eni = existingInterface(world, input.NetworkInterfaceId);
      const subnet = existingSubnet(world, eni.subnetId);
      checkOneKind(input.SecondaryPrivateIpAddressCount, input.Ipv4PrefixCount);
      checkNamed(input);
      const { SecondaryPrivateIpAddressCount: count = 0, Ipv4PrefixCount: blocks = 0 } = input;
      const { PrivateIpAddresses: addresses = [], AllowReassignment: mayMove = false } = input;
      const named = { eni, subnet, addresses, mayMove };
      const added = count + blocks + newAmong(named).length;
      checkAddressCount(world, eni, { added, instanceId: eni.attachment?.instanceId });
      checkFamily(subnet, added, 1);
      assignNamed(world, named);
      eni.ipv4Prefixes.push(...prefixesFor(world, subnet, blocks));
      eni.secondaryPrivateIpAddresses.push(...addressesFor(world, subnet, count));
      return { NetworkInterfaceId: eni.eniId, $metadata: {} };
    },

    async assignIpv6Addresses(input) {
      const eni = existingInterface(world, input.NetworkInterfaceId);
      const subnet = existingSubnet(world, eni.subnetId);
      checkOneKind(input.Ipv6AddressCount, input.Ipv6PrefixCount);
      const { Ipv6AddressCount: count = 0, Ipv6PrefixCount: blocks = 0 } = input;
      checkIpv6(subnet, count + blocks);
      const { instanceId } = eni.attachment ?? {};
      checkAddressCount(world, eni, { addedIpv6: count + blocks, instanceId });
      eni.ipv6Prefixes.push(...takeIpv6Prefixes(random, subnet, blocks));
      eni.ipv6Addresses.push(...takeIpv6Addresses(random, subnet, count));
      return { NetworkInterfaceId: eni.eniId, $metadata: {} };
    },
  };
};
