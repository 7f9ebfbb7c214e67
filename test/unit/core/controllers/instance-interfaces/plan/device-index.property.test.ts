import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocateDeviceIndexes,
  type Seeker,
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

const anySeekers = fc
  .array(
    fc.record({
      askedIndex: fc.integer({ min: 1, max: 9 }),
      networkCardIndex: fc.integer({ min: 0, max: 1 }),
      isRequired: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .map((seekers) => seekers.map((seeker, index): Seeker => ({ ...seeker, slot: `slot-${index}` })));

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
        anySeekers,
        fc.integer({ min: 1, max: 9 }),
        (interfaces, seekers, each) => {
          const seats = allocateDeviceIndexes(seekers, anInstance({ interfaces }), limitsOf(each));

          const taken = interfaces.map((own) => `${own.networkCardIndex}/${own.deviceIndex}`);
          const given = seekers.flatMap((seeker) => {
            const seat = seats.get(seeker.slot);
            if (seat === undefined || 'fault' in seat) return [];
            if (seeker.isRequired) expect(seat.deviceIndex).toBe(seeker.askedIndex);
            expect(seat.deviceIndex).toBeLessThan(each);
            return [`${seeker.networkCardIndex}/${seat.deviceIndex}`];
          });
          expect(seats.size).toBe(seekers.length);
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

  it('serves exact wishes first and sends the displaced upwards', () => {
    const seekers: Seeker[] = [
      { slot: 'b', askedIndex: 2, networkCardIndex: 0, isRequired: false },
      { slot: 'a', askedIndex: 2, networkCardIndex: 0, isRequired: false },
      { slot: 'c', askedIndex: 3, networkCardIndex: 0, isRequired: false },
    ];

    const seats = allocateDeviceIndexes(seekers, anInstance(), limitsOf(8));

    expect(Object.fromEntries(seats)).toEqual({
      a: { deviceIndex: 2 },
      c: { deviceIndex: 3 },
      b: { deviceIndex: 4 },
    });
  });
});
