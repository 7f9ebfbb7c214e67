import type { AssignPrivateIpAddressesCommandInput } from '@aws-sdk/client-ec2';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import type { Random } from '../random.ts';
import {
  addressesFor,
  checkAddressCount,
  checkFamily,
  checkIpv6,
  checkOneKind,
  prefixesFor,
} from './address-rules.ts';
import { takeIpv6Addresses, takeIpv6Prefixes } from './addresses.ts';
import { ec2Error } from './errors.ts';
import { existingInterface, existingSubnet } from './existing.ts';
import type { Ec2World } from './model.ts';
import { assignNamed, newAmong } from './named-addresses.ts';

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

/** The calls that give an ENI more addresses. */
export const createAssignment = ({
  world,
  random,
}: {
  readonly world: Ec2World;
  readonly random: Random;
}): Pick<Ec2Api, 'assignPrivateIpAddresses' | 'assignIpv6Addresses'> => ({
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
});
