import { describe, expect, it } from 'vitest';
import {
  toInstance,
  toInstanceTypeLimits,
  toNetworkInterface,
  toSecurityGroup,
  toSubnet,
} from '#providers/ec2/mapping.ts';

const ATTACHMENT = {
  AttachmentId: 'eni-attach-1',
  DeviceIndex: 2,
  NetworkCardIndex: 1,
  Status: 'detaching' as const,
  DeleteOnTermination: true,
};

describe('toInstance', () => {
  it('keeps what EC2 tells', () => {
    const instance = toInstance({
      InstanceId: 'i-1',
      State: { Code: 80, Name: 'stopped' },
      InstanceType: 'm5.large',
      VpcId: 'vpc-1',
      Placement: { AvailabilityZone: 'us-east-1a', Tenancy: 'default' },
      PrivateDnsName: 'ip-10-0-0-5.ec2.internal',
      Tags: [{ Key: 'Name', Value: 'node' }, { Key: 'bare' }],
      LaunchTime: new Date('2026-11-21T12:00:00.000Z'),
      NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Attachment: ATTACHMENT }],
      Operator: { Managed: false },
    });

    expect(instance).toEqual({
      instanceId: 'i-1',
      state: 'stopped',
      instanceType: 'm5.large',
      vpcId: 'vpc-1',
      zone: 'us-east-1a',
      privateDnsName: 'ip-10-0-0-5.ec2.internal',
      tags: { Name: 'node', bare: '' },
      launchTime: new Date('2026-11-21T12:00:00.000Z'),
      interfaces: [
        {
          eniId: 'eni-1',
          attachmentId: 'eni-attach-1',
          deviceIndex: 2,
          networkCardIndex: 1,
          status: 'detaching',
          deleteOnTermination: true,
        },
      ],
    });
  });

  it('takes an instance without details for one that only begins, with nothing on it', () => {
    expect(toInstance({ NetworkInterfaces: [{}] })).toEqual({
      instanceId: '',
      state: 'pending',
      instanceType: '',
      vpcId: '',
      zone: '',
      privateDnsName: '',
      tags: {},
      launchTime: new Date(0),
      interfaces: [
        {
          eniId: '',
          attachmentId: '',
          deviceIndex: 0,
          networkCardIndex: 0,
          status: 'attached',
          deleteOnTermination: false,
        },
      ],
    });
    expect(toInstance({}).interfaces).toEqual([]);
  });

  it.each([
    { operator: { Managed: true, Principal: 'eks.amazonaws.com' }, named: 'eks.amazonaws.com' },
    { operator: { Managed: true }, named: 'another service' },
    { operator: { Managed: false, Principal: 'eks.amazonaws.com' }, named: undefined },
    { operator: {}, named: undefined },
  ])('names $named as the operator of $operator', ({ operator, named }) => {
    expect(toInstance({ Operator: operator }).operator).toBe(named);
  });
});

describe('toNetworkInterface', () => {
  it('keeps what EC2 tells, the primary address apart from the others', () => {
    const eni = toNetworkInterface({
      NetworkInterfaceId: 'eni-1',
      SubnetId: 'subnet-a',
      VpcId: 'vpc-1',
      AvailabilityZone: 'us-east-1a',
      Status: 'in-use',
      MacAddress: '02:00:00:00:00:01',
      PrivateIpAddress: '10.0.1.10',
      PrivateIpAddresses: [
        { PrivateIpAddress: '10.0.1.10', Primary: true },
        { PrivateIpAddress: '10.0.1.11', Primary: false },
        { PrivateIpAddress: '10.0.1.12' },
      ],
      Ipv6Addresses: [{ Ipv6Address: '2600:1f18::1' }],
      Groups: [{ GroupId: 'sg-1', GroupName: 'multus' }],
      Description: 'NodeENI data',
      SourceDestCheck: false,
      TagSet: [{ Key: 'Name', Value: 'data' }],
      Attachment: { ...ATTACHMENT, InstanceId: 'i-1' },
    });

    expect(eni).toEqual({
      eniId: 'eni-1',
      subnetId: 'subnet-a',
      vpcId: 'vpc-1',
      zone: 'us-east-1a',
      status: 'in-use',
      macAddress: '02:00:00:00:00:01',
      privateIpAddress: '10.0.1.10',
      secondaryPrivateIpAddresses: ['10.0.1.11', '10.0.1.12'],
      ipv6Addresses: ['2600:1f18::1'],
      groupIds: ['sg-1'],
      description: 'NodeENI data',
      sourceDestCheck: false,
      tags: { Name: 'data' },
      attachment: {
        attachmentId: 'eni-attach-1',
        instanceId: 'i-1',
        deviceIndex: 2,
        networkCardIndex: 1,
        status: 'detaching',
        deleteOnTermination: true,
      },
    });
  });

  it('takes an ENI without details for an available one of AWS defaults', () => {
    expect(toNetworkInterface({})).toEqual({
      eniId: '',
      subnetId: '',
      vpcId: '',
      zone: '',
      status: 'available',
      macAddress: '',
      secondaryPrivateIpAddresses: [],
      ipv6Addresses: [],
      groupIds: [],
      description: '',
      sourceDestCheck: true,
      tags: {},
    });
  });

  it('sees no attachment where EC2 names none', () => {
    expect(toNetworkInterface({ Attachment: { Status: 'detached' } })).not.toHaveProperty(
      'attachment',
    );
  });
});

describe('the smaller things', () => {
  it('keep what EC2 tells', () => {
    expect(
      toSubnet({
        SubnetId: 'subnet-a',
        VpcId: 'vpc-1',
        AvailabilityZone: 'us-east-1a',
        CidrBlock: '10.0.1.0/24',
        AvailableIpAddressCount: 7,
        Tags: [{ Key: 'Name', Value: 'lan' }],
      }),
    ).toEqual({
      subnetId: 'subnet-a',
      vpcId: 'vpc-1',
      zone: 'us-east-1a',
      cidr: '10.0.1.0/24',
      hasIpv6: true,
      availableAddresses: 7,
      tags: { Name: 'lan' },
    });
    expect(
      toSecurityGroup({ GroupId: 'sg-1', GroupName: 'multus', VpcId: 'vpc-1', Tags: [{}] }),
    ).toEqual({ groupId: 'sg-1', groupName: 'multus', vpcId: 'vpc-1', tags: { '': '' } });
  });

  it('are empty where EC2 tells nothing', () => {
    expect(toSubnet({})).toEqual({
      subnetId: '',
      vpcId: '',
      zone: '',
      hasIpv6: true,
      availableAddresses: 0,
      tags: {},
    });
    expect(toSecurityGroup({})).toEqual({ groupId: '', groupName: '', vpcId: '', tags: {} });
  });
});

describe('toSubnet', () => {
  const block = (State: 'associated' | 'disassociated') => ({ Ipv6CidrBlockState: { State } });

  it('has the IPv6 block that is associated, and no earlier one', () => {
    const blocks = [
      { ...block('disassociated'), Ipv6CidrBlock: '2600:1::/64' },
      { ...block('associated'), Ipv6CidrBlock: '2600:2::/64' },
    ];

    const subnet = toSubnet({ Ipv6CidrBlockAssociationSet: blocks });

    expect(subnet.ipv6Cidr).toBe('2600:2::/64');
  });

  it.each([
    { blocks: [block('associated')], hasIpv6: true },
    { blocks: [block('disassociated')], hasIpv6: false },
    { blocks: [], hasIpv6: false },
    { blocks: undefined, hasIpv6: true },
  ])(
    'knows whether a subnet has IPv6, and believes it where nobody says: $hasIpv6',
    ({ blocks, hasIpv6 }) => {
      expect(toSubnet({ Ipv6CidrBlockAssociationSet: blocks })).toMatchObject({ hasIpv6 });
    },
  );

  it('has no IPv4 block where EC2 names none, and lies on an Outpost where EC2 names one', () => {
    expect(toSubnet({ Ipv6Native: true, OutpostArn: 'op-1' })).toMatchObject({
      outpostArn: 'op-1',
    });
    expect(toSubnet({ Ipv6Native: true })).not.toHaveProperty('cidr');
    expect(toInstance({ OutpostArn: 'op-1' })).toMatchObject({ outpostArn: 'op-1' });
    expect(toInstance({})).not.toHaveProperty('outpostArn');
  });
});

describe('toInstanceTypeLimits', () => {
  it.each([
    { info: { Ipv6AddressesPerInterface: 15, Ipv6Supported: true }, most: 15 },
    { info: { Ipv6AddressesPerInterface: 15, Ipv6Supported: false }, most: 0 },
    { info: {}, most: undefined },
  ])('tells how many IPv6 addresses an interface takes: $most', ({ info, most }) => {
    const limits = toInstanceTypeLimits({
      InstanceType: 'm5.large',
      NetworkInfo: { Ipv4AddressesPerInterface: 10, ...info },
    });

    expect(limits.ipv6AddressesPerInterface).toBe(most);
    expect(limits.ipv4AddressesPerInterface).toBe(10);
  });

  const card = (NetworkCardIndex: number, MaximumNetworkInterfaces: number) => ({
    NetworkCardIndex,
    MaximumNetworkInterfaces,
  });

  it.each([
    { what: 'cards in the order of their indexes', cards: [card(1, 4), card(0, 8)], each: [8, 4] },
    { what: 'one card where EC2 lists none', cards: undefined, each: [12] },
    { what: 'one card where the list is empty', cards: [], each: [12] },
    {
      what: "the type's limit for a card without one",
      cards: [{ NetworkCardIndex: 0 }],
      each: [12],
    },
  ])('tells $what', ({ cards, each }) => {
    const limits = toInstanceTypeLimits({
      InstanceType: 'c6in.32xlarge',
      NetworkInfo: { MaximumNetworkInterfaces: 12, ...(cards && { NetworkCards: cards }) },
    });

    expect(limits).toEqual({
      instanceType: 'c6in.32xlarge',
      maximumNetworkInterfaces: 12,
      networkCards: each,
    });
  });

  it.each([
    { Hypervisor: 'xen', isXen: true },
    { Hypervisor: 'nitro', isXen: undefined },
    { Hypervisor: undefined, isXen: undefined },
  ] as const)('knows a type that is not built on Nitro: $Hypervisor', ({ Hypervisor, isXen }) => {
    expect(toInstanceTypeLimits({ InstanceType: 'm4.large', Hypervisor }).isXen).toBe(isXen);
  });

  it('lets nothing onto a type of which EC2 tells no network', () => {
    expect(toInstanceTypeLimits({ InstanceType: 'm5.large' })).toMatchObject({
      maximumNetworkInterfaces: 0,
      networkCards: [0],
    });
  });
});
