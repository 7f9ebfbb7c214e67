import { describe, expect, it } from 'vitest';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import {
  aNodeEni,
  anEni,
  anObservation,
  aRecord,
  aState,
  aSubnet,
  INSTANCE_ID,
} from '#test/support/builders.ts';

type Spec = NonNullable<Parameters<typeof aNodeEni>[0]>;
type Network = NonNullable<Spec['podNetwork']>;

const IPV6 = '2600:1f14:0:1::/64';
const SINGLES = ['10.0.1.21', '10.0.1.20'];

/** What the record of the slot says of its network, once its ENI is attached. */
const networkOf = (
  spec: Spec,
  {
    network = {},
    eni = {},
    subnet = aSubnet({ ipv6Cidr: IPV6 }),
    state = aState(),
  }: {
    network?: Partial<Network>;
    eni?: Parameters<typeof anEni>[0];
    subnet?: ReturnType<typeof aSubnet>;
    state?: ReturnType<typeof aState>;
  } = {},
) => {
  const { slots } = planInstance(
    anObservation({
      nodeEnis: [aNodeEni({ ...spec, podNetwork: { namespaces: ['core'], ...network } })],
      ours: [anEni(eni)],
      subnets: [subnet],
      state,
    }),
  );
  return slots[0]?.record?.podNetwork;
};

const recordedRanges = (...ranges: string[]) =>
  aState({
    'data/subnet-a': aRecord({
      podNetwork: {
        ...{ name: 'data', type: 'ipvlan', mode: 'l2', spare: 4 },
        subnets: [{ cidr: '10.0.1.0/24', gateway: '10.0.1.1', ranges }],
      },
    }),
  });

describe('the record of a network for pods', () => {
  it('has the prefixes of the ENI, each family with the block and the router of the subnet', () => {
    const eni = { ipv4Prefixes: ['10.0.1.32/28'], ipv6Prefixes: ['2600:1f14:0:1:9::/80'] };

    const network = networkOf({ ipv4PrefixCount: 1, ipv6PrefixCount: 1 }, { eni });

    expect(network).toEqual({
      name: 'data',
      type: 'ipvlan',
      mode: 'l2',
      spare: 4,
      subnets: [
        { cidr: '10.0.1.0/24', gateway: '10.0.1.1', ranges: ['10.0.1.32/28'] },
        { cidr: IPV6, gateway: 'fe80:ec2::1', ranges: ['2600:1f14:0:1:9::/80'] },
      ],
    });
  });

  it('says what is asked of it', () => {
    const network = networkOf(
      { ipv4PrefixCount: 1 },
      {
        network: {
          ...{ name: 'user-plane', mode: 'l3', spare: 0, resourceName: 'a/b' },
          routes: [{ dst: '10.0.0.0/8' }],
        },
      },
    );

    expect(network).toEqual({
      ...{ name: 'user-plane', type: 'ipvlan', mode: 'l3', spare: 0, resourceName: 'a/b' },
      ...{ routes: [{ dst: '10.0.0.0/8' }], subnets: [] },
    });
  });

  it('has the secondary addresses that are asked for', () => {
    const eni = { secondaryPrivateIpAddresses: SINGLES, ipv6Addresses: ['2600::5'] };

    const network = networkOf({ secondaryPrivateIPAddressCount: 2, ipv6AddressCount: 1 }, { eni });

    expect(network?.subnets.map(({ ranges }) => ranges)).toEqual([
      ['10.0.1.20/32', '10.0.1.21/32'],
      ['2600::5/128'],
    ]);
  });

  it('leaves out what somebody assigned by hand, whatever the order in which EC2 shows it', () => {
    const eni = { secondaryPrivateIpAddresses: ['10.0.1.99', ...SINGLES] };
    const state = recordedRanges('10.0.1.20/32', '10.0.1.21/32');

    const network = networkOf({ secondaryPrivateIPAddressCount: 2 }, { eni, state });

    expect(network?.subnets[0]?.ranges).toEqual(['10.0.1.20/32', '10.0.1.21/32']);
  });

  it('takes no address of somebody else where only prefixes are asked for', () => {
    const eni = { secondaryPrivateIpAddresses: SINGLES, ipv4Prefixes: ['10.0.1.32/28'] };

    const network = networkOf({ ipv4PrefixCount: 1 }, { eni });

    expect(network?.subnets[0]?.ranges).toEqual(['10.0.1.32/28']);
  });

  it('leaves a single IPv6 address beside a prefix, and the only one of the ENI, to the host', () => {
    const { cidr: _, ...ipv6Only } = aSubnet({ ipv6Cidr: IPV6 });
    const { privateIpAddress: __, ...eni } = anEni({ ipv6Addresses: ['2600::5', '2600::6'] });
    const withPrefix = { ipv6Addresses: ['2600::5'], ipv6Prefixes: ['2600:0:0:0:9::/80'] };

    const beside = networkOf({ ipv6AddressCount: 1, ipv6PrefixCount: 1 }, { eni: withPrefix });
    const alone = networkOf({ ipv6AddressCount: 2 }, { eni, subnet: ipv6Only });

    expect(beside?.subnets.map(({ ranges }) => ranges)).toEqual([['2600:0:0:0:9::/80']]);
    expect(alone?.subnets.map(({ ranges }) => ranges)).toEqual([['2600::5/128']]);
  });

  it('has the own addresses of an ENI that one pod gets as a whole', () => {
    const eni = { ipv4Prefixes: ['10.0.1.32/28'], ipv6Addresses: ['2600::5', '2600::6'] };

    const network = networkOf({}, { network: { type: 'host-device' }, eni });

    expect(network).toEqual({
      ...{ name: 'data', type: 'host-device', spare: 4 },
      subnets: [
        { cidr: '10.0.1.0/24', gateway: '10.0.1.1', ranges: ['10.0.1.10/32'] },
        { cidr: IPV6, gateway: 'fe80:ec2::1', ranges: ['2600::5/128'] },
      ],
    });
  });

  it('is a reason for the host to answer anew when it changes', () => {
    const { slots } = planInstance(
      anObservation({
        nodeEnis: [aNodeEni({ ipv4PrefixCount: 2, podNetwork: { namespaces: ['core'] } })],
        ours: [anEni({ ipv4Prefixes: ['10.0.1.32/28', '10.0.1.64/28'] })],
        state: recordedRanges('10.0.1.32/28'),
      }),
    );

    expect(slots[0]?.record?.generation).toBe(2);
  });
});

describe('a node with several interfaces', () => {
  const subnets = [aSubnet(), aSubnet({ subnetId: 'subnet-b' })];

  /** Slot and name of each network, and whatever else is said of a slot. */
  const networksOf = (
    specs: Readonly<Record<string, Spec>>,
    { state = aState(), ...observed }: Partial<Parameters<typeof anObservation>[0]> = {},
  ) => {
    const nodeEnis = Object.entries(specs).map(([name, spec]) =>
      aNodeEni({ ipv4PrefixCount: 1, ...spec }, { name }),
    );
    const ours = nodeEnis.flatMap(({ metadata, spec }, index) =>
      [spec.subnetID ?? '', ...(spec.subnetIDs ?? [])]
        .filter((id) => id !== '')
        .map((subnetId, position) =>
          anEni({
            ...{ eniId: `eni-${index}${position}`, subnetId, ipv4Prefixes: ['10.0.1.32/28'] },
            description: `NodeENI ${metadata.name} on ${INSTANCE_ID}`,
            tags: {
              'nodeeni.networking.k8s.aws/name': metadata.name,
              'nodeeni.networking.k8s.aws/uid': metadata.uid,
            },
          }),
        ),
    );
    const { slots } = planInstance(anObservation({ nodeEnis, ours, subnets, state, ...observed }));
    return new Map(
      slots.map(({ slot, record, report }) => [
        slot,
        { name: record?.podNetwork?.name, reason: report?.reason, message: report?.message },
      ]),
    );
  };

  const network = { namespaces: ['core'] };

  it('has a network of two subnets on the first interface, and says so of the other', () => {
    const two = { subnetIDs: ['subnet-a', 'subnet-b'], subnetID: '', podNetwork: network };

    const slots = networksOf({ data: two });

    expect(slots.get('data/subnet-a')).toMatchObject({ name: 'data', reason: 'Attached' });
    expect(slots.get('data/subnet-b')).toMatchObject({
      name: undefined,
      reason: 'Attached',
      message: expect.stringContaining('has the interface of data/subnet-a'),
    });
  });

  it.each([
    ['NetworkNameInUse', { name: 'lan' }],
    ['ResourceNameInUse', { resourceName: 'example.com/lan' }],
  ])('gives no two NodeENIs the same: %s', (reason, same) => {
    const podNetwork = { ...network, ...same };

    const slots = networksOf({ a: { podNetwork }, b: { subnetID: 'subnet-b', podNetwork } });

    expect(slots.get('a/subnet-a')).toMatchObject({ reason: 'Attached' });
    expect(slots.get('b/subnet-b')).toMatchObject({ name: undefined, reason });
  });

  it('leaves a network to the NodeENI that has it', () => {
    const podNetwork = { ...network, name: 'lan' };
    const record = aRecord({
      nodeEniUid: 'uid-of-b',
      subnetId: 'subnet-b',
      podNetwork: { name: 'lan', type: 'ipvlan', subnets: [] },
    });

    const slots = networksOf(
      { a: { podNetwork }, b: { subnetID: 'subnet-b', podNetwork } },
      { state: aState({ 'b/subnet-b': record }) },
    );

    expect(slots.get('a/subnet-a')).toMatchObject({ reason: 'NetworkNameInUse' });
    expect(slots.get('b/subnet-b')).toMatchObject({ name: 'lan', reason: 'Attached' });
  });

  it('has none of a name that Multus does not take', () => {
    const slots = networksOf({ 'user.plane': { podNetwork: network } });

    expect(slots.get('user.plane/subnet-a')).toMatchObject({
      name: undefined,
      reason: 'NetworkNameInvalid',
    });
  });

  it('has none where commands configure the host', () => {
    const slots = networksOf({ data: { podNetwork: network } }, { runCommand: { isUsual: true } });

    expect(slots.get('data/subnet-a')).toMatchObject({
      name: undefined,
      reason: 'NetworkNeedsAgent',
    });
  });
});
