import { describe, expect, it } from 'vitest';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import { requeueSecondsFor } from '#core/controllers/instance-interfaces/status.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import { ago, anAvailableEni, anEni, anInstance, anObservation } from '#test/support/builders.ts';
import { aRow, aSlot, planOf, SLOT, stored } from './plan/slot-builders.ts';

const SETTLED = anObservation({ ours: [anEni()] });
const PENDING = anObservation({
  ours: [anAvailableEni()],
  instance: anInstance({ state: 'pending' }),
});

describe('requeueSecondsFor', () => {
  it.each([
    { name: 'nothing changes', observed: SETTLED, hostSeconds: undefined, seconds: undefined },
    { name: 'only a slot changes', observed: PENDING, hostSeconds: undefined, seconds: 15 },
    { name: 'only the host is waited for', observed: SETTLED, hostSeconds: 60, seconds: 60 },
    { name: 'a slot comes before the host', observed: PENDING, hostSeconds: 60, seconds: 15 },
    { name: 'the host comes before a slot', observed: PENDING, hostSeconds: 5, seconds: 5 },
    {
      name: 'a sweep comes before the host',
      observed: SETTLED,
      hostSeconds: 3600,
      seconds: undefined,
    },
  ])('is $seconds when $name', ({ observed, hostSeconds, seconds }) => {
    expect(requeueSecondsFor(planInstance(observed), observed, hostSeconds)).toBe(seconds);
  });
});

describe('requeueSecondsFor, for a slot that waits', () => {
  it.each([
    { name: 'at 600 seconds still', since: ago(600), seconds: 15 },
    { name: 'and leaves it to the sweep after that', since: ago(601), seconds: undefined },
  ])('requeues soon $name', ({ since, seconds }) => {
    const world = stored({}, { interfaces: { [SLOT]: aRow({ since }) } });

    expect(requeueSecondsFor(planOf(aSlot({ requeueAfterSeconds: 15 })), world)).toBe(seconds);
  });

  it('requeues soon a slot of which nothing is said', () => {
    const silent: SlotPlan = { slot: SLOT, nodeEni: 'data', requeueAfterSeconds: 15 };

    expect(requeueSecondsFor(planOf(silent), stored())).toBe(15);
  });

  it('waits a second at least, and takes the soonest', () => {
    const slots = [
      aSlot({ requeueAfterSeconds: 40 }),
      aSlot({ requeueAfterSeconds: 0.2 }),
      aSlot(),
    ];

    expect(requeueSecondsFor(planOf(...slots), stored())).toBe(1);
    expect(requeueSecondsFor(planOf(...slots), stored(), 900)).toBe(1);
    expect(requeueSecondsFor(planOf(), stored(), 900)).toBe(900);
    expect(requeueSecondsFor(planOf(), stored(), 901)).toBeUndefined();
  });
});
