import { describe, expect, it } from 'vitest';
import { planInstance } from '#core/controllers/instance-interfaces/plan.ts';
import { aNodeEni, anEni, anObservation, aRecord, aState } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';

/** The step of a recorded interface whose NodeENI names a subnet that nobody finds. */
const stepFor = (uid: string) => {
  const { slots } = planInstance(
    anObservation({
      nodeEnis: [aNodeEni({}, { name: 'voice' }), aNodeEni({}, { uid })],
      subnets: [],
      ours: [anEni()],
      state: aState({ [SLOT]: aRecord() }),
    }),
  );
  return slots.find(({ slot }) => slot === SLOT)?.action?.type;
};

describe('planInstance, for a record while its NodeENI cannot be resolved', () => {
  it('keeps the interface of this NodeENI', () => {
    expect(stepFor('uid-of-data')).toBeUndefined();
  });

  it('releases the interface of an earlier NodeENI of the same name', () => {
    expect(stepFor('uid-of-another')).toBe('detach');
  });
});
