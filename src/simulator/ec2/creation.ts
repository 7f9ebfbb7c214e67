import type { CreateNetworkInterfaceCommandInput, Tag } from '@aws-sdk/client-ec2';
import { canonicalJson } from '#core/json.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import type { Random } from '../random.ts';
import {
  addressesFor,
  checkFamily,
  checkIpv6,
  checkOneKind,
  prefixesFor,
} from './address-rules.ts';
import { newMacAddress, takeIpv6Addresses, takeIpv6Prefixes } from './addresses.ts';
import { interfaceAnswer } from './answers.ts';
import { ec2Error } from './errors.ts';
import { existingGroup, existingSubnet } from './existing.ts';
import type { Ec2World, SimulatedInterface } from './model.ts';
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

/** The limit that the console and CloudFormation give for descriptions. */
const LONGEST_DESCRIPTION = 255;

export const checkDescription = (description = ''): void => {
  if (description.length > LONGEST_DESCRIPTION)
    throw ec2Error(
      'InvalidParameterValue',
      `Description must have at most ${LONGEST_DESCRIPTION} characters.`,
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

/** The call that makes an ENI. */
export const createCreation = (setting: Setting): Pick<Ec2Api, 'createNetworkInterface'> => {
  const { world } = setting;

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
  };
};
