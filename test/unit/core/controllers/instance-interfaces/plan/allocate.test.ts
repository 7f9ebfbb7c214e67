import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { allocationsFor } from '#core/controllers/instance-interfaces/plan/allocate.ts';
import type { MatchedInterface } from '#core/controllers/instance-interfaces/plan/match.ts';
import type { InstanceInterface, NetworkInterface } from '#core/ports/cloud.ts';
import {
  ATTACHMENT,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  aSubnet,
  without,
} from '#test/support/builders.ts';

const at = (deviceIndex: number, eniId: string, networkCardIndex = 0): InstanceInterface => ({
  ...ATTACHMENT,
  eniId,
  deviceIndex,
  networkCardIndex,
});

const attached = (eniId: string, deviceIndex: number): NetworkInterface =>
  anEni({ eniId, attachment: { ...ATTACHMENT, deviceIndex } });

const matched = (
  slot: string,
  askedIndex: number,
  { eni, spec = {} }: { eni?: NetworkInterface; spec?: Partial<NodeEniSpec> } = {},
): MatchedInterface => ({
  desired: {
    slot,
    nodeEni: aNodeEni(spec),
    subnet: aSubnet(),
    groupIds: [],
    askedIndex,
    isByCommand: false,
  },
  eni,
  record: undefined,
});

const allocated = (interfaces: readonly InstanceInterface[], all: readonly MatchedInterface[]) =>
  Object.fromEntries(allocationsFor(all, anObservation({ instance: anInstance({ interfaces }) })));

const REQUIRE = { deviceIndexPolicy: 'Require' } as const;
const TAKEN = { fault: expect.objectContaining({ reason: 'DeviceIndexInUse' }) };

describe('allocationsFor', () => {
  it('gives nothing out on an instance that EC2 does not know', () => {
    const allocations = allocationsFor([matched('a', 2)], without(anObservation(), 'instance'));

    expect(allocations.size).toBe(0);
  });

  it.each([
    { name: 'one that is missing', given: {}, isAllocated: true },
    { name: 'one that hangs loose', given: { eni: anAvailableEni() }, isAllocated: true },
    { name: 'one at its index', given: { eni: attached('eni-a', 2) }, isAllocated: false },
    { name: 'one at another index', given: { eni: attached('eni-a', 3) }, isAllocated: false },
    {
      name: 'one at its required index',
      given: { eni: attached('eni-a', 2), spec: REQUIRE },
      isAllocated: false,
    },
    {
      name: 'one that must move',
      given: { eni: attached('eni-a', 3), spec: REQUIRE },
      isAllocated: true,
    },
  ])('looks for the allocation of $name: $isSeated', ({ given, isAllocated }) => {
    expect(allocated([], [matched('a', 2, given)])).toEqual(
      isAllocated ? { a: { deviceIndex: 2 } } : {},
    );
  });

  it('counts each network card for itself, and takes card 0 where the spec names none', () => {
    const limits = { instanceType: 'x', maximumNetworkInterfaces: 16, networkCards: [8, 8] };
    const instance = anInstance({ interfaces: [at(2, 'eni-x', 0), at(3, 'eni-y', 1)] });
    const all = [matched('a', 3), matched('b', 2, { spec: { networkCardIndex: 1 } })];

    const allocations = allocationsFor(all, anObservation({ instance, limits }));

    expect(Object.fromEntries(allocations)).toEqual({
      a: { deviceIndex: 3 },
      b: { deviceIndex: 2 },
    });
  });

  it('knows the limits of the instance type', () => {
    const limits = { instanceType: 'x', maximumNetworkInterfaces: 1, networkCards: [1] };

    const allocations = allocationsFor([matched('a', 2)], anObservation({ limits }));

    expect(allocations.get('a')).toMatchObject({ fault: { reason: 'InstanceLimitReached' } });
  });
});

describe('allocationsFor, for interfaces on their way to another index', () => {
  it('lets two change places', () => {
    const all = [
      matched('a', 2, { eni: attached('eni-a', 3), spec: REQUIRE }),
      matched('b', 3, { eni: attached('eni-b', 2), spec: REQUIRE }),
    ];

    expect(allocated([at(3, 'eni-a'), at(2, 'eni-b')], all)).toEqual({
      a: { deviceIndex: 2 },
      b: { deviceIndex: 3 },
    });
  });

  it('keeps the place of one that cannot go, and of those behind it', () => {
    const interfaces = [at(2, 'eni-x'), at(3, 'eni-a'), at(4, 'eni-b')];
    const all = [
      matched('a', 2, { eni: attached('eni-a', 3), spec: REQUIRE }),
      matched('b', 3, { eni: attached('eni-b', 4), spec: REQUIRE }),
      matched('c', 4),
    ];

    expect(allocated(interfaces, all)).toEqual({ a: TAKEN, b: TAKEN, c: { deviceIndex: 5 } });
  });

  it.each([
    { name: 'one that may take another', spec: {}, paused: false, b: { deviceIndex: 4 } },
    { name: 'one that may, beside a paused one', spec: {}, paused: true, b: { deviceIndex: 4 } },
    { name: 'one that requires it', spec: REQUIRE, paused: false, b: { deviceIndex: 3 } },
    { name: 'one that requires it, beside a paused one', spec: REQUIRE, paused: true, b: TAKEN },
  ])('gives $b beside one that is leaving to $name: $b', ({ spec, paused, b }) => {
    const all = [
      matched('a', 2, { eni: attached('eni-a', 3), spec: { ...REQUIRE, paused } }),
      matched('b', 3, { spec }),
    ];

    expect(allocated([at(3, 'eni-a')], all)).toEqual({ a: { deviceIndex: 2 }, b });
  });

  it('believes a loose ENI where the instance still lists it', () => {
    const loose = anAvailableEni({ eniId: 'eni-a' });

    for (const paused of [false, true])
      expect(
        allocated([at(2, 'eni-a')], [matched('a', 2, { eni: loose, spec: { paused } })]),
      ).toEqual({
        a: { deviceIndex: 2 },
      });
  });
});
