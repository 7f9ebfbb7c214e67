import { describe, expect, it } from 'vitest';
import { PEER_TAGS } from '#core/apis/v1alpha1/names.ts';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import { anEni, anObservation, aRecord, aState } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';

const slotsOf = (observed: Partial<Observed>) => planInstance(anObservation(observed)).slots;

const slotOf = (observed: Partial<Observed>) => {
  const [slot, ...others] = slotsOf(observed);
  if (slot === undefined || others.length > 0) throw new Error('There is not exactly one slot.');
  return slot;
};

describe('planInstance, for an ENI of the Go controller', () => {
  const UNADOPTED = { ...anEni(), tags: {} };
  const inSubnetB = { ...UNADOPTED, subnetId: 'subnet-b' };

  it('says how to adopt it', () => {
    expect(slotOf({ unadopted: [{ nodeEni: 'data', eni: UNADOPTED }] })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      report: {
        phase: 'Pending',
        reason: 'NeedsAdoption',
        message: 'eni-1 holds this slot and does not carry our tags. Run: nodeeni adopt data',
      },
    });
  });

  it.each([
    { name: 'in its subnet', eni: UNADOPTED, record: undefined, holds: true },
    {
      name: 'whose tag names the subnet',
      eni: { ...inSubnetB, tags: { [PEER_TAGS.subnet]: 'subnet-a' } },
      record: undefined,
      holds: true,
    },
    {
      name: 'whose tag names another subnet',
      eni: { ...UNADOPTED, tags: { [PEER_TAGS.subnet]: 'subnet-b' } },
      record: undefined,
      holds: false,
    },
    { name: 'in another subnet', eni: inSubnetB, record: undefined, holds: false },
    { name: 'that is recorded', eni: inSubnetB, record: aRecord(), holds: true },
    {
      name: 'beside the recorded one',
      eni: inSubnetB,
      record: aRecord({ eniId: 'eni-2' }),
      holds: false,
    },
  ])('makes none beside one $name: $holds', ({ eni, record, holds }) => {
    const unadopted = [
      { nodeEni: 'voice', eni: { ...UNADOPTED, eniId: 'eni-x' } },
      { nodeEni: 'data', eni },
    ];
    const state = aState(record && { [SLOT]: record });

    expect(slotOf({ unadopted, state }).report?.reason).toBe(holds ? 'NeedsAdoption' : 'Creating');
  });

  it('does not wait for that of another NodeENI, nor where it has its own', () => {
    const own = { unadopted: [{ nodeEni: 'data', eni: { ...UNADOPTED, eniId: 'eni-x' } }] };

    expect(slotOf({ unadopted: [{ nodeEni: 'voice', eni: UNADOPTED }] }).report?.reason).toBe(
      'Creating',
    );
    expect(slotOf({ ...own, ours: [anEni()] }).report?.reason).toBe('Attached');
  });
});
