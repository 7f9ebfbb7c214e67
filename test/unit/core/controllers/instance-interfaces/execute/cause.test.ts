import { describe, expect, it } from 'vitest';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { causeOf } from '#core/controllers/instance-interfaces/execute/cause.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import { aNodeEni, anInstance, anObservation, INSTANCE_ID } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ENI = { slot: SLOT, eniId: 'eni-1' } as const;
const DELETE: InterfaceAction = { type: 'delete', ...ENI };

const whyOf = (
  action: InterfaceAction,
  observed: Partial<Observed> = {},
  slotPlan: Partial<SlotPlan> = {},
) => causeOf(action, { slot: SLOT, nodeEni: 'data', ...slotPlan }, anObservation(observed)).why;

const going = (nodeEni: NodeEni): NodeEni => ({
  ...nodeEni,
  metadata: { ...nodeEni.metadata, deletionTimestamp: '2026-11-21T11:00:00Z' },
});

describe('causeOf', () => {
  it('names the instance, the NodeENI and the slot', () => {
    const cause = causeOf(DELETE, { slot: SLOT, nodeEni: 'data' }, anObservation());

    expect(cause).toMatchObject({ instanceId: INSTANCE_ID, nodeEni: 'data', slot: SLOT });
  });

  it.each<[string, Partial<Observed>, Partial<SlotPlan>]>([
    ['its NodeENI does not ask for it here any more', { nodeEnis: [aNodeEni()] }, {}],
    ['its NodeENI is being deleted', { nodeEnis: [going(aNodeEni())] }, {}],
    ['its NodeENI is gone', { nodeEnis: [] }, {}],
    ['its instance has ended', { instance: anInstance({ state: 'terminated' }) }, {}],
    ['another ENI holds its slot', { nodeEnis: [aNodeEni()] }, { slot: `${SLOT}#eni-1` }],
    [
      'it moves to the device index that its NodeENI requires',
      { nodeEnis: [aNodeEni()] },
      { report: { phase: 'Pending', reason: 'Moving', message: '' } },
    ],
  ])('says of an ENI that leaves: %s', (why, observed, slotPlan) => {
    expect(whyOf(DELETE, observed, slotPlan)).toBe(why);
  });

  it('tells what the NodeENI asks for from what somebody did', () => {
    expect(whyOf({ type: 'attach', ...ENI, deviceIndex: 2, networkCardIndex: 0 })).toBe(
      'its NodeENI asks for it',
    );
    expect(whyOf({ type: 'set-groups', ...ENI, groupIds: [] })).toContain('differs');
    expect(whyOf({ type: 'restore-tags', ...ENI, tags: {} })).toContain('taken our tags off');
    expect(whyOf({ type: 'give-up', ...ENI, tags: {} })).toContain('another instance');
  });
});
