import { describe, expect, it } from 'vitest';
import { mayLeave } from '#core/controllers/instance-interfaces/plan/release.ts';
import { ago, anObservation, aRecord, aState } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const HOST = { eniId: 'eni-1', generation: 1 };

describe('mayLeave', () => {
  const record = aRecord({ phase: 'Releasing', releasingSince: ago(59) });
  const heard = (row: object, given = record) =>
    mayLeave(
      SLOT,
      given,
      anObservation({ state: aState({}, { host: { [SLOT]: { ...HOST, ...row } } }) }),
    );

  it('believes the host about this ENI in this generation', () => {
    expect(heard({ released: true })).toBe(true);
    expect(heard({ released: false })).toBe(false);
    expect(heard({ released: true, eniId: 'eni-0' })).toBe(false);
    expect(heard({ released: true, generation: 0 })).toBe(false);
  });

  it('waits a minute, counted from the begin of the release', () => {
    const { releasingSince: _, ...undated } = record;

    expect(heard({}, { ...record, releasingSince: ago(60) })).toBe(true);
    expect(heard({}, undated)).toBe(false);
  });

  it('waits for a host that has not said anything yet', () => {
    const { status: _, ...silent } = aState();

    for (const observed of [{}, { state: silent }, { state: aState() }])
      expect(mayLeave(SLOT, record, anObservation(observed))).toBe(false);
  });
});
