import { describe, expect, it } from 'vitest';
import { report, type SlotPlan, withPause } from '#core/instance/slot-plan.ts';
import { aNodeEni, aRecord } from '#test/support/builders.ts';

const IDENTITY = { slot: 'data/subnet-a', nodeEni: 'data' };

const QUIET: SlotPlan = { ...IDENTITY, report: report('Attached', 'Attached', 'There.') };
const ACTIVE: SlotPlan = {
  ...QUIET,
  action: { type: 'delete', slot: IDENTITY.slot, eniId: 'eni-1' },
  record: aRecord(),
  requeueAfterSeconds: 15,
};

const PAUSED = aNodeEni({ paused: true });

describe('withPause', () => {
  it.each([
    { plan: ACTIVE, would: 'delete eni-1' },
    // A host does what its record says.
    { plan: { ...QUIET, record: aRecord({ mtu: 9001 }) }, would: 'tell the host what changed' },
    {
      plan: { ...QUIET, record: aRecord({ phase: 'Releasing' }) },
      would: 'ask the host to let go of the link',
    },
  ])('changes neither EC2 nor the record, and says that it would $would', ({ plan, would }) => {
    expect(withPause(plan, PAUSED, aRecord())).toEqual({
      ...IDENTITY,
      report: {
        phase: 'Pending',
        reason: 'Paused',
        message: `The NodeENI is paused. Without that: ${would}.`,
      },
    });
  });

  it('records nothing new either', () => {
    const plan = { ...QUIET, record: aRecord() };

    expect(withPause(plan, PAUSED, undefined)).not.toHaveProperty('record');
  });

  it.each([
    { name: 'there is nothing to do', plan: QUIET, nodeEni: PAUSED },
    { name: 'the record stays', plan: { ...QUIET, record: aRecord() }, nodeEni: PAUSED },
    { name: 'the slot is forgotten', plan: { ...QUIET, record: null }, nodeEni: PAUSED },
    { name: 'the NodeENI is not paused', plan: ACTIVE, nodeEni: aNodeEni({ paused: false }) },
    { name: 'the NodeENI does not say', plan: ACTIVE, nodeEni: aNodeEni() },
    { name: 'there is no NodeENI', plan: ACTIVE, nodeEni: undefined },
  ])('leaves the plan as it is when $name', ({ plan, nodeEni }) => {
    expect(withPause(plan, nodeEni, aRecord())).toBe(plan);
  });
});
