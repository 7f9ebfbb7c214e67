import type {
  Instance as SdkInstance,
  InstanceNetworkInterface as SdkInstanceInterface,
  InstanceTypeInfo as SdkInstanceType,
  NetworkInterface as SdkNetworkInterface,
  SecurityGroup as SdkSecurityGroup,
  Subnet as SdkSubnet,
  Tag,
} from '@aws-sdk/client-ec2';
import type {
  Instance,
  InstanceInterface,
  InstanceState,
  InstanceTypeLimits,
  NetworkInterface,
  NetworkInterfaceAttachment,
  SecurityGroup,
  Subnet,
} from '#core/ports/cloud.ts';

/** Tags as a call takes them. */
export const toTags = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const tagsOf = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

type AttachmentStatus = NetworkInterfaceAttachment['status'];

const toInstanceInterface = ({
  NetworkInterfaceId = '',
  Attachment,
}: SdkInstanceInterface): InstanceInterface => ({
  eniId: NetworkInterfaceId,
  attachmentId: Attachment?.AttachmentId ?? '',
  deviceIndex: Attachment?.DeviceIndex ?? 0,
  networkCardIndex: Attachment?.NetworkCardIndex ?? 0,
  status: (Attachment?.Status ?? 'attached') as AttachmentStatus,
  deleteOnTermination: Attachment?.DeleteOnTermination ?? false,
});

const operatorOf = ({ Operator }: SdkInstance): { operator: string } | Record<string, never> =>
  Operator?.Managed === true ? { operator: Operator.Principal ?? 'another service' } : {};

export const toInstance = (instance: SdkInstance): Instance => ({
  instanceId: instance.InstanceId ?? '',
  state: (instance.State?.Name ?? 'pending') as InstanceState,
  instanceType: instance.InstanceType ?? '',
  vpcId: instance.VpcId ?? '',
  zone: instance.Placement?.AvailabilityZone ?? '',
  ...(instance.OutpostArn && { outpostArn: instance.OutpostArn }),
  privateDnsName: instance.PrivateDnsName ?? '',
  tags: tagsOf(instance.Tags),
  launchTime: instance.LaunchTime ?? new Date(0),
  interfaces: (instance.NetworkInterfaces ?? []).map(toInstanceInterface),
  ...operatorOf(instance),
});

const toAttachment = (
  attachment: SdkNetworkInterface['Attachment'],
): NetworkInterfaceAttachment | undefined =>
  attachment?.AttachmentId === undefined
    ? undefined
    : {
        attachmentId: attachment.AttachmentId,
        instanceId: attachment.InstanceId ?? '',
        deviceIndex: attachment.DeviceIndex ?? 0,
        networkCardIndex: attachment.NetworkCardIndex ?? 0,
        status: (attachment.Status ?? 'attached') as AttachmentStatus,
        deleteOnTermination: attachment.DeleteOnTermination ?? false,
        ...(attachment.AttachTime && { attachedAt: attachment.AttachTime }),
      };

export const toNetworkInterface = (eni: SdkNetworkInterface): NetworkInterface => {
  const attachment = toAttachment(eni.Attachment);
  return {
    eniId: eni.NetworkInterfaceId ?? '',
    subnetId: eni.SubnetId ?? '',
    vpcId: eni.VpcId ?? '',
    zone: eni.AvailabilityZone ?? '',
    status: (eni.Status ?? 'available') as NetworkInterface['status'],
    macAddress: eni.MacAddress ?? '',
    ...(eni.PrivateIpAddress && { privateIpAddress: eni.PrivateIpAddress }),
    secondaryPrivateIpAddresses: (eni.PrivateIpAddresses ?? [])
      .filter(({ Primary }) => Primary !== true)
      .map(({ PrivateIpAddress = '' }) => PrivateIpAddress),
    ipv6Addresses: (eni.Ipv6Addresses ?? []).map(({ Ipv6Address = '' }) => Ipv6Address),
    ...(eni.Ipv4Prefixes?.length && {
      ipv4Prefixes: eni.Ipv4Prefixes.map(({ Ipv4Prefix = '' }) => Ipv4Prefix),
    }),
    ...(eni.Ipv6Prefixes?.length && {
      ipv6Prefixes: eni.Ipv6Prefixes.map(({ Ipv6Prefix = '' }) => Ipv6Prefix),
    }),
    groupIds: (eni.Groups ?? []).map(({ GroupId = '' }) => GroupId),
    description: eni.Description ?? '',
    sourceDestCheck: eni.SourceDestCheck ?? true,
    tags: tagsOf(eni.TagSet),
    ...(attachment && { attachment }),
  };
};

const ipv6BlockOf = ({
  Ipv6CidrBlockAssociationSet: blocks,
}: SdkSubnet): Pick<Subnet, 'ipv6Cidr'> => {
  const block = blocks?.find(
    ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated',
  );
  return block?.Ipv6CidrBlock === undefined ? {} : { ipv6Cidr: block.Ipv6CidrBlock };
};

export const toSubnet = (subnet: SdkSubnet): Subnet => ({
  subnetId: subnet.SubnetId ?? '',
  vpcId: subnet.VpcId ?? '',
  zone: subnet.AvailabilityZone ?? '',
  ...(subnet.OutpostArn && { outpostArn: subnet.OutpostArn }),
  ...(subnet.CidrBlock && { cidr: subnet.CidrBlock }),
  // Who says nothing of blocks has not said that there is none.
  hasIpv6:
    subnet.Ipv6CidrBlockAssociationSet?.some(
      ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated',
    ) ?? true,
  ...ipv6BlockOf(subnet),
  availableAddresses: subnet.AvailableIpAddressCount ?? 0,
  tags: tagsOf(subnet.Tags),
});

export const toSecurityGroup = (group: SdkSecurityGroup): SecurityGroup => ({
  groupId: group.GroupId ?? '',
  groupName: group.GroupName ?? '',
  vpcId: group.VpcId ?? '',
  tags: tagsOf(group.Tags),
});

/** A type that does without IPv6 says so, and counts none ("NetworkInfo", EC2 API Reference). */
const ipv6Most = (
  info: SdkInstanceType['NetworkInfo'],
): Pick<InstanceTypeLimits, 'ipv6AddressesPerInterface'> => {
  const most = info?.Ipv6Supported === false ? 0 : info?.Ipv6AddressesPerInterface;
  return most === undefined ? {} : { ipv6AddressesPerInterface: most };
};

export const toInstanceTypeLimits = ({
  InstanceType = 'm5.large',
  Hypervisor,
  NetworkInfo,
}: SdkInstanceType): InstanceTypeLimits => {
  const most = NetworkInfo?.MaximumNetworkInterfaces ?? 0;
  const cards = (NetworkInfo?.NetworkCards ?? []).toSorted(
    (left, right) => (left.NetworkCardIndex ?? 0) - (right.NetworkCardIndex ?? 0),
  );
  return {
    instanceType: InstanceType,
    maximumNetworkInterfaces: most,
    networkCards:
      cards.length > 0
        ? cards.map(({ MaximumNetworkInterfaces = most }) => MaximumNetworkInterfaces)
        : [most],
    ...(NetworkInfo?.Ipv4AddressesPerInterface !== undefined && {
      ipv4AddressesPerInterface: NetworkInfo.Ipv4AddressesPerInterface,
    }),
    ...ipv6Most(NetworkInfo),
    ...(Hypervisor === 'xen' && { isXen: true }),
  };
};
