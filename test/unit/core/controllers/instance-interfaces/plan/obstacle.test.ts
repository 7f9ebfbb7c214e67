import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { DeviceIndexAllocation } from '#core/controllers/instance-interfaces/plan/device-index.ts';
import { planNextStep } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { NetworkInterface, Subnet } from '#core/ports/cloud.ts';
import {
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aSubnet,
  INSTANCE_ID,
  without,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';

interface ReconcileInput {
  readonly spec?: Partial<NodeEniSpec>;
  readonly record?: SlotSpec;
  readonly room?: number;
  readonly isIpv6Only?: boolean;
  readonly eni?: NetworkInterface;
  readonly allocation?: DeviceIndexAllocation;
  readonly subnet?: Partial<Subnet>;
  readonly observed?: Partial<Observed>;
}

const { cidr: _, ...ipv6Only } = aSubnet({ availableAddresses: 0 });

const planOf = (given: ReconcileInput, observation = anObservation()) =>
  planNextStep({
    desired: {
      slot: SLOT,
      nodeEni: aNodeEni(given.spec),
      subnet: given.isIpv6Only ? ipv6Only : aSubnet(given.subnet),
      groupIds: ['sg-1'],
      askedIndex: 2,
      isByCommand: false,
    },
    eni: given.eni,
    record: given.record,
    room: given.room,
    allocation: given.allocation ?? { deviceIndex: 2 },
    observed: { ...observation, ...given.observed },
  });

describe('planNextStep, for what keeps an ENI from being made or attached', () => {
  const ENDING = {
    phase: 'Pending',
    reason: 'InstanceEnding',
    message: 'The instance is stopping or terminating.',
  };
  const UNSUPPORTED = {
    phase: 'Failed',
    reason: 'UnsupportedNode',
    message: `${INSTANCE_ID} is managed by eks.amazonaws.com, which lets nobody else attach interfaces.`,
  };
  const FAULT = { reason: 'InstanceLimitReached', message: 'All are in use.' };
  const managed = anInstance({ operator: 'eks.amazonaws.com', state: 'stopping' });

  it.each<{ name: string; given: ReconcileInput; report: object }>([
    {
      name: 'somebody else runs it',
      given: { observed: { instance: managed } },
      report: UNSUPPORTED,
    },
    { name: 'it is about to end', given: { observed: { isTerminating: true } }, report: ENDING },
    {
      name: 'it is stopping',
      given: { observed: { instance: anInstance({ state: 'stopping' }) } },
      report: ENDING,
    },
    {
      name: 'it has no allocation',
      given: { allocation: { fault: FAULT } },
      report: { phase: 'Failed', ...FAULT },
    },
  ])('makes and attaches nothing on an instance when $name', ({ given, report }) => {
    const subnet = { availableAddresses: 0 };

    expect(planOf({ ...given, subnet })).toEqual({ slot: SLOT, nodeEni: 'data', report });
    expect(planOf({ ...given, eni: anAvailableEni() })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      record: expect.objectContaining({ eniId: 'eni-1', phase: 'Present' }),
      report,
    });
  });

  it('makes nothing for an instance that EC2 does not show', () => {
    expect(planOf({}, without(anObservation(), 'instance')).report).toEqual(ENDING);
  });

  it.each(['pending', 'running', 'stopped'] as const)('makes one for a %s instance', (state) => {
    const instance = anInstance({ state });

    expect(planOf({ observed: { instance } }).action?.type).toBe('create');
  });

  it('requeues for free addresses, and is content with one', () => {
    expect(planOf({ subnet: { availableAddresses: 0 } })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      report: {
        phase: 'Failed',
        reason: 'SubnetFull',
        message: 'subnet-a has no free address. Free some or use another subnet.',
      },
      requeueAfterSeconds: 60,
    });
    expect(planOf({ subnet: { availableAddresses: 1 } }).action?.type).toBe('create');
  });

  it('needs no free address for an ENI that has its own', () => {
    const subnet = { availableAddresses: 0 };

    expect(planOf({ eni: anAvailableEni(), subnet }).action?.type).toBe('attach');
  });

  it('needs an address for each that the ENI is to have, less those that others take', () => {
    const spec = { secondaryPrivateIPAddressCount: 3 };

    expect(planOf({ spec, subnet: { availableAddresses: 4 } }).action?.type).toBe('create');
    expect(planOf({ spec, room: 3 })).toMatchObject({
      report: {
        reason: 'SubnetFull',
        message:
          'subnet-a has 3 free addresses of 4 that are needed. Free some or use another subnet.',
      },
      requeueAfterSeconds: 60,
    });
    expect(planOf({ spec, room: 3 })).not.toHaveProperty('action');
  });

  it('forgets what EC2 said of a full subnet once the describe says so too, and the call with it', () => {
    const backOff = {
      reason: 'SubnetFull',
      message: 'No.',
      isRefusal: true,
      until: ago(-3000),
      failures: 6,
      nodeEniGeneration: 1,
    };
    const { eniId: _eniId, ...pending } = aRecord({
      createTriedAt: ago(300),
      backOffs: { create: backOff },
    });

    const full = planOf({ record: pending, room: 0 });

    expect(planOf({ record: pending }).action).toBeUndefined();
    expect(full).toMatchObject({ report: { reason: 'SubnetFull' }, needs: [] });
    expect(full.record).not.toHaveProperty('create');
  });

  it.each<{ name: string; given: ReconcileInput; reason: string; words: string }>([
    {
      name: 'more IPv4 addresses than the type takes',
      given: { spec: { secondaryPrivateIPAddressCount: 10 } },
      reason: 'TooManyAddresses',
      words: 'm5.large takes 10 IPv4 addresses on an interface, its primary one included; 11 are',
    },
    {
      name: 'more IPv6 addresses than the type takes',
      given: { spec: { ipv6AddressCount: 11 } },
      reason: 'TooManyAddresses',
      words: 'm5.large takes 10 IPv6 addresses',
    },
    {
      name: 'IPv6 in a subnet without',
      given: { spec: { ipv6AddressCount: 1 }, subnet: { hasIpv6: false } },
      reason: 'NoIPv6InSubnet',
      words: 'subnet-a has no IPv6 block, and ipv6AddressCount asks for 1',
    },
    {
      name: 'IPv4 in a subnet without',
      given: { spec: { secondaryPrivateIPAddressCount: 1 }, isIpv6Only: true },
      reason: 'NoIPv4InSubnet',
      words: 'subnet-a has IPv6 addresses only, and secondaryPrivateIPAddressCount asks for 1',
    },
    {
      name: 'no address at all',
      given: { spec: { ipv6AddressCount: 0 }, isIpv6Only: true },
      reason: 'NoIPv4InSubnet',
      words: 'ipv6AddressCount: 0 asks for none',
    },
  ])('makes nothing where the spec asks for $name', ({ given, reason, words }) => {
    const limits = {
      instanceType: 'm5.large',
      maximumNetworkInterfaces: 3,
      networkCards: [3],
      ipv4AddressesPerInterface: 10,
      ipv6AddressesPerInterface: 10,
    };

    const plan = planOf({ ...given, observed: { limits } });

    expect(plan.report).toMatchObject({ phase: 'Failed', reason });
    expect(plan.report?.message).toContain(words);
    expect(plan.action).toBeUndefined();
  });

  it('makes none in an IPv6-only subnet for a type that is not built on Nitro', () => {
    const limits = {
      instanceType: 'm4.large',
      maximumNetworkInterfaces: 2,
      networkCards: [2],
      isXen: true,
    };

    expect(planOf({ isIpv6Only: true, observed: { limits } }).report).toMatchObject({
      reason: 'NoIPv4InSubnet',
      message: expect.stringContaining('m4.large is not'),
    });
    expect(planOf({ observed: { limits } }).action?.type).toBe('create');
  });

  it('makes one in an IPv6-only subnet, which has no free address of IPv4', () => {
    expect(planOf({ isIpv6Only: true }).action).toMatchObject({
      parameters: { ipv6AddressCount: 1 },
    });
  });

  it('attaches no ENI that has more addresses than the type takes', () => {
    const limits = {
      instanceType: 'm5.large',
      maximumNetworkInterfaces: 3,
      networkCards: [3],
      ipv4AddressesPerInterface: 2,
    };
    const eni = anAvailableEni({ secondaryPrivateIpAddresses: ['10.0.1.11', '10.0.1.12'] });

    expect(planOf({ eni, observed: { limits } })).toMatchObject({
      report: { phase: 'Failed', reason: 'TooManyAddresses' },
    });
  });

  it.each([
    { tags: {}, words: 'lacks the tag kubernetes.io/cluster/prod' },
    { tags: { 'eks:cluster-name': 'prod' }, words: 'lacks the tag kubernetes.io/cluster/prod' },
    {
      tags: { 'kubernetes.io/cluster/blue': 'owned' },
      words: 'It has that of blue. If it is a node of prod, put the tag on the instance',
    },
  ])('makes and attaches nothing for an instance with the tags $tags', ({ tags, words }) => {
    const observed = { instance: anInstance({ tags }) };

    for (const plan of [planOf({ observed }), planOf({ observed, eni: anAvailableEni() })]) {
      expect(plan.report).toMatchObject({ phase: 'Failed', reason: 'InstanceNotTagged' });
      expect(plan.report?.message).toContain(words);
      expect(plan.action).toBeUndefined();
    }
  });

  it.each(['owned', 'shared', ''])('makes one for an instance whose tag says "%s"', (value) => {
    const instance = anInstance({
      tags: { 'kubernetes.io/cluster/blue': 'owned', 'kubernetes.io/cluster/prod': value },
    });

    expect(planOf({ observed: { instance } }).action?.type).toBe('create');
  });
});

describe('planNextStep, for addresses that an attached ENI cannot get', () => {
  const limits = {
    instanceType: 'm5.large',
    maximumNetworkInterfaces: 3,
    networkCards: [3],
    ipv4AddressesPerInterface: 10,
  };

  it('tells it beside what is attached, and asks for nothing', () => {
    const spec = { secondaryPrivateIPAddressCount: 10 };
    const tooMany = planOf({ spec, eni: anEni(), observed: { limits } });
    const full = planOf({ spec, eni: anEni(), room: 9 });

    expect([tooMany, full].map(({ report }) => [report?.phase, report?.reason])).toEqual([
      ['Attached', 'TooManyAddresses'],
      ['Attached', 'SubnetFull'],
    ]);
    expect([tooMany.action, full.action, full.requeueAfterSeconds]).toEqual([
      undefined,
      undefined,
      60,
    ]);
  });

  it('gets those of the other family, and every other change', () => {
    const spec = { secondaryPrivateIPAddressCount: 10, ipv6AddressCount: 1 };
    const observed = { limits };

    expect(planOf({ spec, eni: anEni(), observed }).action).toEqual({
      type: 'assign-addresses',
      slot: SLOT,
      eniId: 'eni-1',
      ipv6AddressCount: 1,
    });
    expect(
      planOf({
        spec: { ...spec, tags: { a: 'b' } },
        eni: anEni({ ipv6Addresses: ['::1'] }),
        observed,
      }).action?.type,
    ).toBe('set-tags');
  });

  it('lacks nothing that it has', () => {
    const eni = anEni({ secondaryPrivateIpAddresses: Array(10).fill('10.0.1.11') });
    const spec = { secondaryPrivateIPAddressCount: 10 };

    expect(planOf({ spec, eni, room: 0, observed: { limits } }).report?.reason).toBe('Attached');
  });
});
