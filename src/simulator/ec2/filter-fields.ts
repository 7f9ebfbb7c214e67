import { privateDnsNameOf } from './addresses.ts';
import type { FilterFields } from './filters.ts';
import type {
  Ec2World,
  SimulatedGroup,
  SimulatedInstance,
  SimulatedInterface,
  SimulatedSubnet,
} from './model.ts';

/*
 * The filters each describe call knows, by the names of the EC2 API Reference. Those of no use to this product
 * are left out: EC2 knows more, and the simulator refuses them.
 */

export const instanceFields = (world: Ec2World): FilterFields<SimulatedInstance> => {
  const subnetOf = ({ subnetId }: SimulatedInstance) => world.subnets.get(subnetId);
  return {
    'instance-id': ({ instanceId }) => [instanceId],
    'instance-state-name': ({ state }) => [state],
    'instance-type': ({ instanceType }) => [instanceType],
    'private-dns-name': ({ privateDnsName }) => [privateDnsName],
    'subnet-id': ({ subnetId }) => [subnetId],
    'vpc-id': (instance) => [subnetOf(instance)?.vpcId],
    'availability-zone': (instance) => [subnetOf(instance)?.zone],
  };
};

export const interfaceFields = (world: Ec2World): FilterFields<SimulatedInterface> => {
  const subnetOf = ({ subnetId }: SimulatedInterface) => world.subnets.get(subnetId);
  return {
    'network-interface-id': ({ eniId }) => [eniId],
    'subnet-id': ({ subnetId }) => [subnetId],
    'vpc-id': (eni) => [subnetOf(eni)?.vpcId],
    'availability-zone': (eni) => [subnetOf(eni)?.zone],
    'group-id': ({ groupIds }) => groupIds,
    'group-name': ({ groupIds }) => groupIds.map((id) => world.groups.get(id)?.groupName),
    description: ({ description }) => [description],
    'mac-address': ({ macAddress }) => [macAddress],
    'private-ip-address': ({ privateIpAddress }) => [privateIpAddress],
    'private-dns-name': ({ privateIpAddress }) => [
      privateIpAddress && privateDnsNameOf(privateIpAddress),
    ],
    // "available" without an attachment, "in-use" with one, however far that has come.
    status: ({ attachment }) => [attachment === undefined ? 'available' : 'in-use'],
    'attachment.attachment-id': ({ attachment }) => [attachment?.attachmentId],
    'attachment.instance-id': ({ attachment }) => [attachment?.instanceId],
    'attachment.status': ({ attachment }) => [attachment?.status],
    'attachment.device-index': ({ attachment }) => [attachment?.deviceIndex.toString()],
    'attachment.delete-on-termination': ({ attachment }) => [
      attachment?.deleteOnTermination.toString(),
    ],
  };
};

export const SUBNET_FIELDS: FilterFields<SimulatedSubnet> = {
  'subnet-id': ({ subnetId }) => [subnetId],
  'vpc-id': ({ vpcId }) => [vpcId],
  'availability-zone': ({ zone }) => [zone],
  'cidr-block': ({ cidr }) => [cidr],
};

export const GROUP_FIELDS: FilterFields<SimulatedGroup> = {
  'group-id': ({ groupId }) => [groupId],
  'group-name': ({ groupName }) => [groupName],
  'vpc-id': ({ vpcId }) => [vpcId],
};

export const ASSOCIATION_FIELDS: FilterFields<{
  readonly GroupId: string;
  readonly VpcId: string;
  readonly State: string;
  readonly tags: ReadonlyMap<string, string>;
}> = {
  'group-id': ({ GroupId }) => [GroupId],
  'vpc-id': ({ VpcId }) => [VpcId],
  state: ({ State }) => [State],
};

export const INSTANCE_TYPE_FIELDS: FilterFields<{
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
}> = {
  'instance-type': ({ name }) => [name],
};
