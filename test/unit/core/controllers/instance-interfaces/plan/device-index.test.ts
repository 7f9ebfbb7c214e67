import { describe, expect, it } from 'vitest';
import {
  allocateDeviceIndexes,
  type DeviceIndexRequest,
} from '#core/controllers/instance-interfaces/plan/device-index.ts';
import type { InstanceInterface, InstanceTypeLimits } from '#core/ports/cloud.ts';
import { ATTACHMENT, anInstance } from '#test/support/builders.ts';

const request = (asked: Partial<DeviceIndexRequest> = {}): DeviceIndexRequest => ({
  slot: 'a',
  askedIndex: 2,
  networkCardIndex: 0,
  isRequired: false,
  ...asked,
});

const held = (
  deviceIndexes: readonly number[],
  held: Partial<InstanceInterface> = {},
): InstanceInterface[] =>
  deviceIndexes.map((deviceIndex) => ({
    ...ATTACHMENT,
    eniId: `eni-at-${deviceIndex}`,
    deviceIndex,
    ...held,
  }));

const upFrom = (first: number, last = 127): number[] =>
  Array.from({ length: last - first + 1 }, (_, step) => first + step);

const allocations = (
  requests: readonly DeviceIndexRequest[],
  interfaces: readonly InstanceInterface[] = [],
  limits?: InstanceTypeLimits,
) =>
  Object.fromEntries(allocateDeviceIndexes(requests, anInstance({ interfaces }), limits)) as Record<
    string,
    unknown
  >;

const limitsOf = (...networkCards: number[]): InstanceTypeLimits => ({
  instanceType: 'm5.large',
  maximumNetworkInterfaces: 9,
  networkCards,
});

describe('allocateDeviceIndexes, for one request', () => {
  it.each([
    { status: 'attaching', deviceIndex: 3 },
    { status: 'attached', deviceIndex: 3 },
    { status: 'detaching', deviceIndex: 3 },
    { status: 'detached', deviceIndex: 2 },
  ] as const)('gives index $deviceIndex beside one that is $status', ({ status, deviceIndex }) => {
    expect(allocations([request()], held([2], { status }))).toEqual({ a: { deviceIndex } });
  });

  it.each([
    { name: 'the asked one', asked: 3, taken: [0, 1, 2], deviceIndex: 3 },
    { name: 'the next above it', asked: 3, taken: [0, 3, 4], deviceIndex: 5 },
    { name: 'the highest of all', asked: 3, taken: upFrom(3, 126), deviceIndex: 127 },
    { name: 'the lowest below it as a last resort', asked: 4, taken: upFrom(4), deviceIndex: 1 },
    { name: 'one just below it', asked: 4, taken: [1, 2, ...upFrom(4)], deviceIndex: 3 },
    { name: 'one above index 0', asked: 0, taken: [0, 1], deviceIndex: 2 },
  ])('takes $name', ({ asked, taken, deviceIndex }) => {
    expect(allocations([request({ askedIndex: asked })], held(taken))).toEqual({
      a: { deviceIndex },
    });
  });

  it.each([
    { name: 'another index is required', asked: 2, taken: [2], isRequired: true },
    { name: 'only index 0 is left', asked: 2, taken: upFrom(1), isRequired: false },
    { name: 'nothing is left below the highest', asked: 127, taken: upFrom(1), isRequired: false },
  ])('names the holder of the index when $name', ({ asked, taken, isRequired }) => {
    expect(allocations([request({ askedIndex: asked, isRequired })], held(taken))).toEqual({
      a: {
        fault: {
          reason: 'DeviceIndexInUse',
          message: expect.stringContaining(`Device index ${asked} is in use by eni-at-${asked}`),
        },
      },
    });
  });

  it('allocations nobody on a full card, and says how many it takes', () => {
    const onTwo = (most: number) => allocations([request()], held([0, 1]), limitsOf(most)).a;

    expect(onTwo(3)).toEqual({ deviceIndex: 2 });
    expect(onTwo(2)).toEqual({
      fault: {
        reason: 'InstanceLimitReached',
        message: expect.stringContaining('m5.large takes 2 interfaces on network card 0'),
      },
    });
  });

  it('allocations nobody on a type whose cards hold together less than each by itself', () => {
    const limits = { ...limitsOf(4, 4), maximumNetworkInterfaces: 3 };
    const both = [...held([0, 1]), ...held([1], { networkCardIndex: 1 })];

    expect(allocations([request()], both.slice(1), limits).a).toEqual({ deviceIndex: 2 });
    expect(allocations([request()], both, limits).a).toMatchObject({
      fault: {
        reason: 'InstanceLimitReached',
        message: expect.stringContaining('takes 3 interfaces on all its network cards together'),
      },
    });
  });

  it('allocations nobody on a card that is not there', () => {
    expect(allocations([request({ networkCardIndex: 2 })], [], limitsOf(4, 4))).toEqual({
      a: {
        fault: {
          reason: 'NetworkCardNotFound',
          message: 'm5.large has no network card 2; it has 2.',
        },
      },
    });
  });

  it.each([
    { name: 'the lowest that the card has', card: 0, taken: [0], deviceIndex: 1 },
    { name: 'another one where that is taken', card: 0, taken: [0, 1], deviceIndex: 2 },
    { name: 'index 0 of a further card as the last one', card: 1, taken: [1, 2], deviceIndex: 0 },
  ])('takes, for an index that the card does not have, $name', ({ card, taken, deviceIndex }) => {
    const above = request({ askedIndex: 3, networkCardIndex: card });

    expect(allocations([above], held(taken, { networkCardIndex: card }), limitsOf(3, 3))).toEqual({
      a: { deviceIndex },
    });
  });

  it('says which indexes a card has when another one is required', () => {
    const required = request({ askedIndex: 3, isRequired: true });

    expect(allocations([required], held([0]), limitsOf(4)).a).toEqual({ deviceIndex: 3 });
    expect(allocations([required], held([0, 1, 2]), limitsOf(3)).a).toEqual({
      fault: {
        reason: 'DeviceIndexOutOfRange',
        message: expect.stringContaining('m5.large has device indexes 0 to 2 on network card 0; 3'),
      },
    });
  });

  it('asks no more of a card whose limits nobody knows', () => {
    const onCard = request({ networkCardIndex: 2, askedIndex: 20 });

    expect(allocations([onCard], held(upFrom(0, 19), { networkCardIndex: 2 }))).toEqual({
      a: { deviceIndex: 20 },
    });
  });

  it('counts only what is on the same card', () => {
    const others = held([2, 3], { networkCardIndex: 1 });

    expect(allocations([request()], others, limitsOf(3, 2))).toEqual({ a: { deviceIndex: 2 } });
  });
});

describe('allocateDeviceIndexes, for several requests', () => {
  it.each([
    {
      name: 'the one that requires it, whatever its name',
      others: [request({ slot: 'a' }), request({ slot: 'z', isRequired: true })],
      given: { a: { deviceIndex: 3 }, z: { deviceIndex: 2 } },
    },
    {
      name: 'the first by name',
      others: [request({ slot: 'b' }), request({ slot: 'a' })],
      given: { a: { deviceIndex: 2 }, b: { deviceIndex: 3 } },
    },
  ])('gives the contested index to $name', ({ others, given }) => {
    expect(allocations(others)).toEqual(given);
  });

  it('gives the last place to the lowest index', () => {
    const both = [request({ slot: 'a', askedIndex: 5 }), request({ slot: 'b', askedIndex: 3 })];

    expect(allocations(both, held([0, 1, 2, 6, 7]), limitsOf(6))).toEqual({
      a: { fault: expect.objectContaining({ reason: 'InstanceLimitReached' }) },
      b: { deviceIndex: 3 },
    });
  });

  it('gives the last place to the one that requires its index', () => {
    const both = [
      request({ slot: 'a', askedIndex: 3 }),
      request({ slot: 'b', askedIndex: 5, isRequired: true }),
    ];

    expect(allocations(both, held([0, 1, 2, 6, 7]), limitsOf(6))).toMatchObject({
      a: { fault: { reason: 'InstanceLimitReached' } },
      b: { deviceIndex: 5 },
    });
  });

  it('counts nobody who found no allocation', () => {
    const both = [request({ slot: 'a', isRequired: true }), request({ slot: 'b' })];

    expect(allocations(both, held([0, 2]), limitsOf(3))).toMatchObject({
      a: { fault: { reason: 'DeviceIndexInUse' } },
      b: { deviceIndex: 1 },
    });
  });

  it('names the slot that was given the index in the same round', () => {
    const both = [
      request({ slot: 'a', isRequired: true }),
      request({ slot: 'b', isRequired: true }),
    ];

    expect(allocations(both).b).toMatchObject({
      fault: { message: expect.stringContaining('in use by a,') },
    });
  });
});
