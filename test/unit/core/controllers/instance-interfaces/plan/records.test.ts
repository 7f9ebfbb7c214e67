import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import {
  lastTryOf,
  recordOf,
  releasingRecord,
  withGeneration,
  withoutEni,
} from '#core/controllers/instance-interfaces/plan/records.ts';
import {
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  aRecord,
  aSubnet,
  NOW,
} from '#test/support/builders.ts';

const recorded = (
  spec: Partial<NodeEniSpec> = {},
  eni: Parameters<typeof recordOf>[1] = anEni(),
  previous?: Parameters<typeof recordOf>[2],
  cidr = '10.0.1.0/24',
) =>
  recordOf(
    {
      slot: 'data/subnet-a',
      nodeEni: aNodeEni(spec),
      subnet: aSubnet({ cidr }),
      groupIds: [],
      askedIndex: 2,
      isByCommand: false,
    },
    eni,
    previous,
  );

describe('recordOf, in an IPv6-only subnet', () => {
  it('names no block, gateway and address of IPv4', () => {
    const { cidr: _cidr, ...subnet } = aSubnet();
    const { privateIpAddress: _address, ...eni } = anEni({ ipv6Addresses: ['fd00::1'] });

    const record = recordOf(
      {
        slot: 'data/subnet-a',
        nodeEni: aNodeEni(),
        subnet,
        groupIds: [],
        askedIndex: 2,
        isByCommand: false,
      },
      eni,
      undefined,
    );

    expect(record).toMatchObject({ eniId: 'eni-1', ipv6Addresses: ['fd00::1'] });
    expect(Object.keys(record)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(subnetCidr|gateway|privateIpAddress)$/)]),
    );
  });
});

describe('recordOf', () => {
  it('remembers tags that were taken out of the spec until they are off the ENI', () => {
    const previous = aRecord({ userTags: { old: 'x', gone: 'y' } });
    const eni = anEni({ tags: { ...anEni().tags, old: 'x' } });
    const spec = { tags: { team: 'core' } };

    expect(recorded(spec, eni, previous).userTags).toEqual({ old: 'x', team: 'core' });
    expect(recorded(spec, anEni(), previous).userTags).toEqual({ team: 'core' });
  });

  it('remembers the tags of the create call until its ENI is seen', () => {
    const { eniId: _, ...unseen } = aRecord({
      userTags: {},
      create: {
        incarnation: ago(60),
        clientToken: 'token-1',
        subnetId: 'subnet-a',
        groupIds: [],
        description: '',
        tags: { old: 'x' },
      },
    });
    const eni = anEni({ tags: { ...anEni().tags, old: 'x' } });

    expect(recorded({}, eni, unseen).userTags).toEqual({ old: 'x' });
  });

  it('holds what the agent needs of the ENI and of its subnet', () => {
    const eni = anEni({ secondaryPrivateIpAddresses: ['10.0.1.11'], ipv6Addresses: ['fd00::1'] });

    expect(recorded({}, eni)).toEqual({
      nodeEniUid: 'uid-of-data',
      subnetId: 'subnet-a',
      phase: 'Present',
      generation: 1,
      deleteOnTermination: true,
      userTags: {},
      linkMode: 'Up',
      eniId: 'eni-1',
      attachmentId: 'eni-attach-1',
      macAddress: '02:00:00:00:00:01',
      subnetCidr: '10.0.1.0/24',
      gateway: '10.0.1.1',
      privateIpAddress: '10.0.1.10',
      secondaryPrivateIpAddresses: ['10.0.1.11'],
      ipv6Addresses: ['fd00::1'],
      deviceIndex: 2,
      networkCardIndex: 0,
      isSeen: true,
    });
  });

  it('names no lists that are empty and no index of an ENI that hangs loose', () => {
    const record = recorded({}, anAvailableEni());

    for (const field of ['secondaryPrivateIpAddresses', 'ipv6Addresses', 'deviceIndex'])
      expect(record).not.toHaveProperty(field);
  });

  it.each([
    ['10.0.1.0/24', '10.0.1.1'],
    ['10.0.0.255/32', '10.0.1.0'],
    ['172.31.255.128/25', '172.31.255.129'],
    ['192.168.0.0/16', '192.168.0.1'],
  ])('finds the router of %s at %s', (cidr, gateway) => {
    expect(recorded({}, anEni(), undefined, cidr).gateway).toBe(gateway);
  });

  it('asks the host for DPDK with what the spec says of it', () => {
    expect(recorded({ enableDPDK: true }).dpdk).toEqual({ driver: 'vfio-pci' });
    expect(
      recorded({
        dpdkEnabled: true,
        dpdkDriver: 'igb_uio',
        dpdkResourceName: 'intel.com/a',
        dpdkPCIAddress: '0000:00:06.0',
      }),
    ).toMatchObject({
      dpdk: { driver: 'igb_uio', resourceName: 'intel.com/a', pciAddress: '0000:00:06.0' },
    });
  });

  it('advertises a device without DPDK', () => {
    const record = recorded({ dpdkResourceName: 'intel.com/a', dpdkPCIAddress: '0000:00:06.0' });

    expect(record).toMatchObject({ resourceName: 'intel.com/a', pciAddress: '0000:00:06.0' });
    expect(record).not.toHaveProperty('dpdk');
    expect(recorded()).not.toHaveProperty('pciAddress');
    expect(recorded()).not.toHaveProperty('resourceName');
  });

  it('asks for an MTU only where the spec gives one', () => {
    expect(recorded({ mtu: 1500 }).mtu).toBe(1500);
    expect(recorded({ mtu: 0 })).not.toHaveProperty('mtu');
  });

  it('keeps the call that made the ENI, and when it was made', () => {
    const previous = aRecord({ createTriedAt: ago(60) });

    expect(recorded({}, anEni(), previous)).toMatchObject({
      create: previous.create,
      createTriedAt: ago(60),
    });
    expect(recorded()).not.toHaveProperty('create');
    expect(recorded()).not.toHaveProperty('createTriedAt');
  });
});

describe('the generation of a record', () => {
  it('grows when the host has something new to do, and only then', () => {
    const record = recorded();
    const { generation: _, ...same } = record;

    expect(withGeneration(same, undefined).generation).toBe(1);
    expect(withGeneration(same, { ...record, generation: 4 }).generation).toBe(4);
    expect(withGeneration({ ...same, userTags: { a: 'b' } }, record).generation).toBe(1);
    expect(withGeneration({ ...same, mtu: 1500 }, record).generation).toBe(2);
    expect(withGeneration({ ...same, deviceIndex: 3 }, record).generation).toBe(2);
  });
});

describe('lastTryOf', () => {
  it('is the last call, or else the decision for it', () => {
    expect(lastTryOf(aRecord({ createTriedAt: ago(5) }))).toBe(ago(5));
    expect(lastTryOf(aRecord())).toBe(ago(3600));
    expect(lastTryOf(undefined)).toBeUndefined();
  });
});

describe('withoutEni', () => {
  it('forgets the ENI and its call, and keeps the request and the time of the call', () => {
    const record = { ...recorded({ mtu: 1500 }), create: aRecord().create, createTriedAt: ago(5) };

    expect(withoutEni(record)).toEqual({
      nodeEniUid: 'uid-of-data',
      subnetId: 'subnet-a',
      phase: 'Present',
      generation: 2,
      deleteOnTermination: true,
      userTags: {},
      mtu: 1500,
      linkMode: 'Up',
      subnetCidr: '10.0.1.0/24',
      gateway: '10.0.1.1',
      createTriedAt: ago(5),
    });
  });
});

describe('releasingRecord', () => {
  it('begins a release once, and tells the host', () => {
    const begun = releasingRecord(aRecord(), NOW);

    expect(begun).toMatchObject({
      phase: 'Releasing',
      releasingSince: NOW.toISOString(),
      generation: 2,
    });
    expect(releasingRecord(begun, new Date(NOW.getTime() + 1000))).toBe(begun);
  });
});
