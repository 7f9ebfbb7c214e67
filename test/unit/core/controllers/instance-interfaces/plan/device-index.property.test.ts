import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocateDeviceIndexes,
  type DeviceIndexRequest,
} from '#core/controllers/instance-interfaces/plan/device-index.ts';
import type { InstanceInterface } from '#core/ports/cloud.ts';
import { anInstance } from '#test/support/builders.ts';

const anyInterfaces = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 1 })), {
    selector: ([index, card]) => `${card}/${index}`,
    maxLength: 8,
  })
  .map((places) =>
    places.map(
      ([deviceIndex, networkCardIndex]): InstanceInterface => ({
        eniId: `eni-${networkCardIndex}-${deviceIndex}`,
        attachmentId: 'a',
        deviceIndex,
        networkCardIndex,
        status: deviceIndex % 2 === 0 ? 'attached' : 'attaching',
        deleteOnTermination: true,
      }),
    ),
  );

const anyRequests = fc
  .array(
    fc.record({
      askedIndex: fc.integer({ min: 1, max: 9 }),
      networkCardIndex: fc.integer({ min: 0, max: 1 }),
      isRequired: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .map((requests) =>
    requests.map((request, index): DeviceIndexRequest => ({ ...request, slot: `slot-${index}` })),
  );

const limitsOf = (each: number) => ({
  instanceType: 'x',
  maximumNetworkInterfaces: each * 2,
  networkCards: [each, each],
});

describe('allocateDeviceIndexes', () => {
  it('never gives an index twice or one above the card, never exceeds a card, and moves nobody who asked for a required index', () => {
    fc.assert(
      fc.property(
        anyInterfaces,
        anyRequests,
        fc.integer({ min: 1, max: 9 }),
        (interfaces, requests, each) => {
          const allocations = allocateDeviceIndexes(
            requests,
            anInstance({ interfaces }),
            limitsOf(each),
          );

          const taken = interfaces.map((own) => `${own.networkCardIndex}/${own.deviceIndex}`);
          const given = requests.flatMap((request) => {
            const allocation = allocations.get(request.slot);
            if (allocation === undefined || 'fault' in allocation) return [];
            if (request.isRequired) expect(allocation.deviceIndex).toBe(request.askedIndex);
            expect(allocation.deviceIndex).toBeLessThan(each);
            return [`${request.networkCardIndex}/${allocation.deviceIndex}`];
          });
          expect(allocations.size).toBe(requests.length);
          expect(new Set([...taken, ...given]).size).toBe(taken.length + given.length);
          for (const card of [0, 1]) {
            const own = taken.filter((place) => place.startsWith(`${card}/`)).length;
            const added = given.filter((place) => place.startsWith(`${card}/`)).length;
            if (added > 0) expect(own + added).toBeLessThanOrEqual(each);
          }
        },
      ),
    );
  });

  it('serves exact indexes first and sends the displaced upwards', () => {
    const requests: DeviceIndexRequest[] = [
      { slot: 'b', askedIndex: 2, networkCardIndex: 0, isRequired: false },
      { slot: 'a', askedIndex: 2, networkCardIndex: 0, isRequired: false },
      { slot: 'c', askedIndex: 3, networkCardIndex: 0, isRequired: false },
    ];

    const allocations = allocateDeviceIndexes(requests, anInstance(), limitsOf(8));

    expect(Object.fromEntries(allocations)).toEqual({
      a: { deviceIndex: 2 },
      c: { deviceIndex: 3 },
      b: { deviceIndex: 4 },
    });
  });
});
