import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { seatsFor } from '#core/controllers/instance-interfaces/plan/allocate.ts';
import type { Filled } from '#core/controllers/instance-interfaces/plan/match.ts';
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

const filled = (
  slot: string,
  askedIndex: number,
  { eni, spec = {} }: { eni?: NetworkInterface; spec?: Partial<NodeEniSpec> } = {},
): Filled => ({
  wish: {
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

const seated = (interfaces: readonly InstanceInterface[], all: readonly Filled[]) =>
  Object.fromEntries(seatsFor(all, anObservation({ instance: anInstance({ interfaces }) })));

const REQUIRE = { deviceIndexPolicy: 'Require' } as const;
const TAKEN = { fault: expect.objectContaining({ reason: 'DeviceIndexInUse' }) };

describe('seatsFor', () => {
  it('gives nothing out on an instance that EC2 does not know', () => {
    const seats = seatsFor([filled('a', 2)], without(anObservation(), 'instance'));

    expect(seats.size).toBe(0);
  });

  it.each([
    { name: 'one that is missing', given: {}, isSeated: true },
    { name: 'one that hangs loose', given: { eni: anAvailableEni() }, isSeated: true },
    { name: 'one at its index', given: { eni: attached('eni-a', 2) }, isSeated: false },
    { name: 'one at another index', given: { eni: attached('eni-a', 3) }, isSeated: false },
    {
      name: 'one at its required index',
      given: { eni: attached('eni-a', 2), spec: REQUIRE },
      isSeated: false,
    },
    {
      name: 'one that must move',
      given: { eni: attached('eni-a', 3), spec: REQUIRE },
      isSeated: true,
    },
  ])('looks for the seat of $name: $isSeated', ({ given, isSeated }) => {
    expect(seated([], [filled('a', 2, given)])).toEqual(isSeated ? { a: { deviceIndex: 2 } } : {});
  });

  it('counts each network card for itself, and takes card 0 where the spec names none', () => {
    const limits = { instanceType: 'x', maximumNetworkInterfaces: 16, networkCards: [8, 8] };
    const instance = anInstance({ interfaces: [at(2, 'eni-x', 0), at(3, 'eni-y', 1)] });
    const all = [filled('a', 3), filled('b', 2, { spec: { networkCardIndex: 1 } })];

    const seats = seatsFor(all, anObservation({ instance, limits }));

    expect(Object.fromEntries(seats)).toEqual({ a: { deviceIndex: 3 }, b: { deviceIndex: 2 } });
  });

  it('knows the limits of the instance type', () => {
    const limits = { instanceType: 'x', maximumNetworkInterfaces: 1, networkCards: [1] };

    const seats = seatsFor([filled('a', 2)], anObservation({ limits }));

    expect(seats.get('a')).toMatchObject({ fault: { reason: 'InstanceLimitReached' } });
  });
});

describe('seatsFor, for interfaces on their way to another index', () => {
  it('lets two change places', () => {
    const all = [
      filled('a', 2, { eni: attached('eni-a', 3), spec: REQUIRE }),
      filled('b', 3, { eni: attached('eni-b', 2), spec: REQUIRE }),
    ];

    expect(seated([at(3, 'eni-a'), at(2, 'eni-b')], all)).toEqual({
      a: { deviceIndex: 2 },
      b: { deviceIndex: 3 },
    });
  });

  it('keeps the place of one that cannot go, and of those behind it', () => {
    const interfaces = [at(2, 'eni-x'), at(3, 'eni-a'), at(4, 'eni-b')];
    const all = [
      filled('a', 2, { eni: attached('eni-a', 3), spec: REQUIRE }),
      filled('b', 3, { eni: attached('eni-b', 4), spec: REQUIRE }),
      filled('c', 4),
    ];

    expect(seated(interfaces, all)).toEqual({ a: TAKEN, b: TAKEN, c: { deviceIndex: 5 } });
  });

  it.each([
    { name: 'a paused one', paused: true, deviceIndex: 4 },
    { name: 'one that may move', paused: false, deviceIndex: 3 },
  ])('gives the next one index $deviceIndex beside $name', ({ paused, deviceIndex }) => {
    const all = [
      filled('a', 2, { eni: attached('eni-a', 3), spec: { ...REQUIRE, paused } }),
      filled('b', 3),
    ];

    expect(seated([at(3, 'eni-a')], all)).toEqual({
      a: { deviceIndex: 2 },
      b: { deviceIndex },
    });
  });

  it('believes a loose ENI where the instance still lists it', () => {
    const loose = anAvailableEni({ eniId: 'eni-a' });

    for (const paused of [false, true])
      expect(seated([at(2, 'eni-a')], [filled('a', 2, { eni: loose, spec: { paused } })])).toEqual({
        a: { deviceIndex: 2 },
      });
  });
});
