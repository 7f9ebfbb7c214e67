import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { DeviceIndexAllocation } from '#core/controllers/instance-interfaces/plan/device-index.ts';
import { planNextStep } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  ATTACHMENT,
  ago,
  aNodeEni,
  anEni,
  anObservation,
  aRecord,
  aState,
  aSubnet,
  NOW,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ALLOCATION: DeviceIndexAllocation = { deviceIndex: 2 };
const FAULT: DeviceIndexAllocation = { fault: { reason: 'DeviceIndexInUse', message: 'Taken.' } };

interface ReconcileInput {
  /** Where the ENI is; index 2 is asked for. */
  readonly at?: number;
  readonly policy?: NodeEniSpec['deviceIndexPolicy'];
  readonly record?: SlotSpec;
  readonly allocation?: DeviceIndexAllocation;
  readonly observed?: Partial<Observed>;
}

const slotInput = ({
  at = 3,
  policy = 'Require',
  record,
  allocation = ALLOCATION,
  observed,
}: ReconcileInput) => ({
  desired: {
    slot: SLOT,
    nodeEni: aNodeEni({ deviceIndexPolicy: policy }),
    subnet: aSubnet(),
    groupIds: ['sg-1'],
    askedIndex: 2,
    isByCommand: false,
  },
  eni: anEni({ attachment: { ...ATTACHMENT, deviceIndex: at } }),
  record,
  allocation,
  observed: anObservation(observed),
});

const plan = (given: ReconcileInput = {}) => planNextStep(slotInput(given));

const DETACH = { type: 'detach', slot: SLOT, eniId: 'eni-1', attachmentId: 'eni-attach-1' };
const MOVING = {
  phase: 'Pending',
  reason: 'Moving',
  message: 'eni-1 moves to device index 2.',
};

/** A move that began so long ago on a host that has spoken of the slot. */
const moving = (seconds: number, released: boolean) => {
  const record = aRecord({ phase: 'Releasing', releasingSince: ago(seconds), generation: 2 });
  const host = { [SLOT]: { eniId: 'eni-1', generation: 2, released } };
  return { record, observed: { state: aState({ [SLOT]: record }, { host }) } };
};

describe('planNextStep, for an ENI that is not at its required index', () => {
  it('moves it by way of a detach, and records that', () => {
    expect(plan()).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      action: DETACH,
      record: expect.objectContaining({
        phase: 'Releasing',
        releasingSince: NOW.toISOString(),
        eniId: 'eni-1',
        deviceIndex: 3,
      }),
      report: MOVING,
    });
  });

  it.each([
    { name: 'one at its index', given: { at: 2 } },
    { name: 'one whose index is only preferred', given: { policy: 'Prefer' } },
    {
      name: 'one on an instance that is about to end',
      given: { observed: { isTerminating: true } },
    },
  ] as const)('leaves $name where it is', ({ given }) => {
    const { action, report } = plan(given);

    expect(action).toBeUndefined();
    expect(report?.phase).toBe('Attached');
  });

  it('stays, and is not released, while the index is taken', () => {
    expect(plan({ allocation: FAULT })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      record: expect.objectContaining({ phase: 'Present' }),
      report: { phase: 'Failed', reason: 'DeviceIndexInUse', message: 'Taken.' },
    });
  });

  it('waits for the host to let go, and keeps when that began', () => {
    const given = moving(59, false);

    expect(plan(given)).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      record: given.record,
      report: MOVING,
      requeueAfterSeconds: 15,
    });
  });

  it.each([
    { name: 'the host has let go', given: moving(10, true) },
    { name: 'the minute is over', given: moving(60, false) },
  ])('goes when $name', ({ given }) => {
    expect(plan(given)).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      action: DETACH,
      record: given.record,
      report: MOVING,
    });
  });

  it('waits for an attachment of which EC2 tells nothing yet', () => {
    const { attachment: _, ...eni } = anEni();

    const waiting = planNextStep({ ...slotInput({}), eni });

    expect(waiting).not.toHaveProperty('action');
    expect(waiting.report).toMatchObject({ phase: 'Pending', reason: 'Attaching' });
  });
});
