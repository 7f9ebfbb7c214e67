import type { CreateNetworkInterfaceCommandInput } from '@aws-sdk/client-ec2';
import type { CreateParameters } from '#core/apis/v1alpha1/node-eni-state.ts';
import { toTags } from './mapping.ts';

/** The input of the call that makes an ENI: the same parameters give the same bytes, as a replay must ("Ensuring idempotency"). */
export const toCreationInput = (
  parameters: CreateParameters,
): CreateNetworkInterfaceCommandInput => {
  const { groupIds, secondaryPrivateIpAddressCount, ipv6AddressCount } = parameters;
  const { ipv4PrefixCount, ipv6PrefixCount } = parameters;
  return {
    ClientToken: parameters.clientToken,
    SubnetId: parameters.subnetId,
    Description: parameters.description,
    ...(groupIds.length > 0 && { Groups: [...groupIds] }),
    ...(secondaryPrivateIpAddressCount !== undefined && {
      SecondaryPrivateIpAddressCount: secondaryPrivateIpAddressCount,
    }),
    ...(ipv6AddressCount !== undefined && { Ipv6AddressCount: ipv6AddressCount }),
    ...(ipv4PrefixCount !== undefined && { Ipv4PrefixCount: ipv4PrefixCount }),
    ...(ipv6PrefixCount !== undefined && { Ipv6PrefixCount: ipv6PrefixCount }),
    TagSpecifications: [{ ResourceType: 'network-interface', Tags: toTags(parameters.tags) }],
  };
};
