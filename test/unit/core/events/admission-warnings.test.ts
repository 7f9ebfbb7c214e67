import { describe, expect, it } from 'vitest';
import { admissionWarnings, type WarnedSpec } from '#core/events/admission-warnings.ts';

const QUIET: WarnedSpec = {
  subnetIDs: ['subnet-a', 'subnet-b'],
  securityGroupIDs: ['sg-1'],
  deviceIndex: 2,
  mtu: 9001,
  deleteOnTermination: true,
  paused: false,
};

describe('admissionWarnings', () => {
  it('says nothing of a spec that does what it says', () => {
    expect(admissionWarnings(QUIET)).toEqual([]);
    expect(
      admissionWarnings({
        ...QUIET,
        subnetIDs: ['subnet-a'],
        mtu: 0,
        enableDPDK: true,
        dpdkDriver: 'vfio-pci',
        dpdkResourceName: 'intel.com/sriov_dpdk_1',
        dpdkPCIAddress: '0000:00:07.0',
      }),
    ).toEqual([]);
  });

  it.each<[string, WarnedSpec, string]>([
    ['an index the VPC CNI takes', { deviceIndex: 1 }, 'the next free index is taken'],
    [
      'a required index the VPC CNI takes',
      { deviceIndex: 1, deviceIndexPolicy: 'Require' },
      'waits until it is free',
    ],
    ['the index of the primary interface', { deviceIndex: 0 }, 'is the primary interface'],
    ['an MTU that EC2 does not carry', { mtu: 9002 }, 'mtu 9002 is more than 9001'],
    [
      'subnets by id and by name',
      { subnetID: 'subnet-a', subnetNames: ['n'] },
      'by id and by name',
    ],
    [
      'one PCI address for several subnets',
      {
        mtu: 0,
        dpdkEnabled: true,
        dpdkResourceName: 'a/b',
        dpdkPCIAddress: '0000:00:07.0',
      },
      'several subnets',
    ],
    ['a driver without DPDK', { dpdkDriver: 'vfio-pci' }, 'dpdkDriver has no effect'],
    ['a resource without DPDK', { dpdkResourceName: 'a/b' }, 'advertised, but not bound'],
    [
      'a PCI address without DPDK',
      { subnetIDs: ['subnet-a'], dpdkResourceName: 'a/b', dpdkPCIAddress: '0000:00:07.0' },
      'advertised, but not bound',
    ],
    ['an interface that outlives its node', { deleteOnTermination: false }, 'outlives its node'],
    ['no group', { securityGroupIDs: [] }, 'the default group of the VPC'],
    [
      'more groups than an interface takes',
      { securityGroupIDs: ['sg-1', 'sg-2', 'sg-3'], securityGroupNames: ['a', 'b', 'c'] },
      '6 security groups',
    ],
    ['the name of a group among the ids', { securityGroupIDs: ['web'] }, 'securityGroupNames'],
    ['the name of a subnet among the ids', { subnetID: 'lan' }, 'belong into subnetNames'],
    ['an MTU that IPv6 does not work with', { mtu: 1279, ipv6AddressCount: 1 }, 'less than 1280'],
    ['an MTU on a link nobody manages', { linkMode: 'Unmanaged' }, 'linkMode is Unmanaged'],
    [
      'settings of a link nobody manages',
      { linkMode: 'Unmanaged', mtu: 0, link: { rings: { rx: 4096 } } },
      'link has no effect while linkMode is Unmanaged',
    ],
    [
      'a name for a device without a link',
      { dpdkEnabled: true, dpdkResourceName: 'a/b', mtu: 0, linkName: 'sig0' },
      'linkName has no effect with DPDK',
    ],
    [
      'addresses for a device without a link',
      { dpdkEnabled: true, dpdkResourceName: 'a/b', mtu: 0, linkMode: 'Addressed' },
      'linkMode Addressed has no effect with DPDK',
    ],
    [
      'an MTU on a device without a link',
      { dpdkEnabled: true, dpdkResourceName: 'a/b' },
      'mtu has no effect with DPDK',
    ],
    [
      'a device for DPDK that no pod can ask for',
      { mtu: 0, dpdkEnabled: true },
      'the device is bound, and offered to no pod',
    ],
    [
      'more addresses than most types take',
      { secondaryPrivateIPAddressCount: 30 },
      'secondaryPrivateIPAddressCount 30',
    ],
    ['more IPv6 addresses than that', { ipv6AddressCount: 30 }, 'ipv6AddressCount 30'],
    [
      'a network that the scheduler knows nothing of',
      { podNetwork: { type: 'ipvlan', mode: 'l2' } },
      'podNetwork without resourceName',
    ],
    [
      'a mode of ipvlan for a pod that gets the interface itself',
      { podNetwork: { type: 'host-device', mode: 'l3', resourceName: 'a/b' } },
      'mode has no effect with type host-device',
    ],
    [
      'addresses on a link that goes into a pod',
      { linkMode: 'Addressed', podNetwork: { type: 'host-device', resourceName: 'a/b' } },
      'linkMode Addressed has no effect with type host-device',
    ],
    [
      'a network on a link that nobody keeps up',
      { mtu: 0, linkMode: 'Unmanaged', podNetwork: { type: 'ipvlan', resourceName: 'a/b' } },
      'nobody keeps the link up',
    ],
    [
      'two values of one label',
      { nodeSelector: { ng: 'a' }, selector: { matchLabels: { ng: 'b' } } },
      'no node can match: what is asked of the label ng',
    ],
    [
      'a label that must be there and must not',
      {
        selector: {
          matchExpressions: [{ key: 'ng', operator: 'DoesNotExist' }],
          matchLabels: { ng: 'b' },
        },
      },
      'no node can match',
    ],
    [
      'nodes without an instance',
      { nodeSelector: { 'eks.amazonaws.com/compute-type': 'fargate' } },
      'nobody can attach an ENI',
    ],
    [
      'nodes without an instance, by an expression',
      {
        selector: {
          matchExpressions: [
            {
              key: 'eks.amazonaws.com/compute-type',
              operator: 'In',
              values: ['auto', 'fargate', 'hybrid'],
            },
          ],
        },
      },
      'compute-type auto or fargate or hybrid selects nodes to which nobody can attach an ENI',
    ],
    ['a pause', { paused: true }, 'paused is true'],
  ])('warns once of %s', (_name, spec, warning) => {
    expect(admissionWarnings({ ...QUIET, ...spec })).toEqual([expect.stringContaining(warning)]);
  });

  it.each<[string, WarnedSpec]>([
    ['an MTU below 1280 without IPv6', { mtu: 1000 }],
    ['IPv6 on a link whose MTU is left alone', { mtu: 0, ipv6AddressCount: 1 }],
    ['the least MTU of IPv6', { mtu: 1280, ipv6AddressCount: 1 }],
    ['index 0 of another card than the primary one', { deviceIndex: 0, networkCardIndex: 1 }],
    [
      'a selector that narrows itself',
      {
        nodeSelector: { ng: 'a' },
        selector: {
          matchLabels: { ng: 'a' },
          matchExpressions: [
            { key: 'ng', operator: 'In', values: ['a', 'b'] },
            { key: 'ng', operator: 'NotIn', values: ['b'] },
            { key: 'gpu', operator: 'Exists' },
            { key: 'spot', operator: 'DoesNotExist' },
          ],
        },
      },
    ],
    [
      'an expression that other nodes meet too',
      {
        selector: {
          matchExpressions: [
            {
              key: 'eks.amazonaws.com/compute-type',
              operator: 'In',
              values: ['auto', 'ec2'],
            },
            {
              key: 'eks.amazonaws.com/compute-type',
              operator: 'NotIn',
              values: ['fargate'],
            },
          ],
        },
      },
    ],
  ])('does not warn of %s', (_name, spec) => {
    expect(admissionWarnings({ ...QUIET, ...spec })).toEqual([]);
  });

  it('does not warn of subnets that are all given by name', () => {
    const { subnetIDs: _, ...quiet } = QUIET;

    expect(admissionWarnings({ ...quiet, subnetNames: ['a', 'b'] })).toEqual([]);
  });

  it('does not call one subnet named twice several', () => {
    const spec = {
      ...QUIET,
      mtu: 0,
      subnetID: 'subnet-a',
      subnetIDs: ['subnet-a'],
      enableDPDK: true,
      dpdkResourceName: 'a/b',
    };

    expect(admissionWarnings({ ...spec, dpdkPCIAddress: '0000:00:07.0' })).toEqual([]);
  });

  it('gives every warning that applies, each of at most 120 characters', () => {
    const warnings = admissionWarnings({
      subnetID: 'subnet-a',
      subnetName: 'b',
      deviceIndex: 1,
      deviceIndexPolicy: 'Require',
      mtu: 9216,
      dpdkDriver: 'vfio-pci',
      dpdkPCIAddress: '0000:00:07.0',
      deleteOnTermination: false,
      paused: true,
    });

    expect(warnings).toHaveLength(9);
    for (const warning of warnings) expect(warning.length).toBeLessThanOrEqual(120);
  });
});
