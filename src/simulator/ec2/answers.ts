import type {
  _InstanceType,
  Instance,
  InstanceTypeInfo,
  NetworkInterface,
  SecurityGroup,
  Subnet,
  Tag,
} from '@aws-sdk/client-ec2';
import { availableAddresses, privateDnsNameOf } from './addresses.ts';
import { ADDRESSES_PER_INTERFACE, XEN_TYPES } from './instance-types.ts';
import type {
  Ec2World,
  SimulatedGroup,
  SimulatedInstance,
  SimulatedInterface,
  SimulatedSubnet,
} from './model.ts';

const toTags = (tags: ReadonlyMap<string, string>): Tag[] =>
  [...tags].map(([Key, Value]) => ({ Key, Value }));

const attachmentOf = ({ attachment }: SimulatedInterface): Pick<NetworkInterface, 'Attachment'> =>
  attachment === undefined
    ? {}
    : {
        Attachment: {
          AttachmentId: attachment.attachmentId,
          InstanceId: attachment.instanceId,
          DeviceIndex: attachment.deviceIndex,
          NetworkCardIndex: attachment.networkCardIndex,
          Status: attachment.status,
          DeleteOnTermination: attachment.deleteOnTermination,
          ...(attachment.attachTime && { AttachTime: attachment.attachTime }),
        },
      };

export const interfaceAnswer = (world: Ec2World, eni: SimulatedInterface): NetworkInterface => {
  const subnet = world.subnets.get(eni.subnetId);
  return {
    NetworkInterfaceId: eni.eniId,
    SubnetId: eni.subnetId,
    VpcId: subnet?.vpcId ?? '',
    AvailabilityZone: subnet?.zone ?? '',
    Status: eni.attachment === undefined ? 'available' : 'in-use',
    MacAddress: eni.macAddress,
    ...(eni.privateIpAddress !== undefined && {
      PrivateIpAddress: eni.privateIpAddress,
      PrivateDnsName: privateDnsNameOf(eni.privateIpAddress),
    }),
    PrivateIpAddresses: [
      ...(eni.privateIpAddress === undefined
        ? []
        : [{ PrivateIpAddress: eni.privateIpAddress, Primary: true }]),
      ...eni.secondaryPrivateIpAddresses.map((PrivateIpAddress) => ({
        PrivateIpAddress,
        Primary: false,
      })),
    ],
    Ipv6Addresses: eni.ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address })),
    Ipv4Prefixes: eni.ipv4Prefixes.map((Ipv4Prefix) => ({ Ipv4Prefix })),
    Ipv6Prefixes: eni.ipv6Prefixes.map((Ipv6Prefix) => ({ Ipv6Prefix })),
    Groups: eni.groupIds.map((GroupId) => ({
      GroupId,
      GroupName: world.groups.get(GroupId)?.groupName ?? '',
    })),
    Description: eni.description,
    SourceDestCheck: eni.sourceDestCheck,
    TagSet: toTags(eni.tags),
    InterfaceType: 'interface',
    ...attachmentOf(eni),
  };
};

export const instanceAnswer = (
  world: Ec2World,
  instance: SimulatedInstance,
  interfaces: readonly SimulatedInterface[],
): Instance => {
  const subnet = world.subnets.get(instance.subnetId);
  return {
    InstanceId: instance.instanceId,
    InstanceType: instance.instanceType as _InstanceType,
    State: { Name: instance.state },
    Placement: { AvailabilityZone: subnet?.zone ?? '' },
    ...(subnet?.outpostArn !== undefined && { OutpostArn: subnet.outpostArn }),
    // EC2 takes its network off a terminated instance.
    ...(instance.state === 'terminated'
      ? { PrivateDnsName: '' }
      : {
          VpcId: subnet?.vpcId ?? '',
          SubnetId: instance.subnetId,
          PrivateDnsName: instance.privateDnsName,
        }),
    LaunchTime: instance.launchTime,
    Tags: toTags(instance.tags),
    NetworkInterfaces: interfaces.map((eni) => ({
      NetworkInterfaceId: eni.eniId,
      ...attachmentOf(eni),
    })),
    ...(instance.operator !== undefined && {
      Operator: { Managed: true, Principal: instance.operator },
    }),
  };
};

export const subnetAnswer = (world: Ec2World, subnet: SimulatedSubnet): Subnet => ({
  SubnetId: subnet.subnetId,
  VpcId: subnet.vpcId,
  AvailabilityZone: subnet.zone,
  ...(subnet.outpostArn !== undefined && { OutpostArn: subnet.outpostArn }),
  ...(subnet.cidr !== undefined && { CidrBlock: subnet.cidr }),
  Ipv6Native: subnet.cidr === undefined,
  AssignIpv6AddressOnCreation: subnet.cidr === undefined,
  Ipv6CidrBlockAssociationSet:
    subnet.ipv6Cidr === undefined
      ? []
      : [{ Ipv6CidrBlock: subnet.ipv6Cidr, Ipv6CidrBlockState: { State: 'associated' } }],
  AvailableIpAddressCount: availableAddresses(world, subnet),
  Tags: toTags(subnet.tags),
});

export const groupAnswer = (group: SimulatedGroup): SecurityGroup => ({
  GroupId: group.groupId,
  GroupName: group.groupName,
  VpcId: group.vpcId,
  Tags: toTags(group.tags),
});

export const instanceTypeAnswer = (name: string, cards: readonly number[]): InstanceTypeInfo => ({
  InstanceType: name as _InstanceType,
  Hypervisor: XEN_TYPES.has(name) ? 'xen' : 'nitro',
  NetworkInfo: {
    MaximumNetworkInterfaces: cards.reduce((sum, each) => sum + each, 0),
    MaximumNetworkCards: cards.length,
    Ipv4AddressesPerInterface: ADDRESSES_PER_INTERFACE.get(name),
    Ipv6AddressesPerInterface: ADDRESSES_PER_INTERFACE.get(name),
    Ipv6Supported: true,
    NetworkCards: cards.map((MaximumNetworkInterfaces, NetworkCardIndex) => ({
      NetworkCardIndex,
      MaximumNetworkInterfaces,
    })),
  },
});
