import { describe, expect, it } from 'vitest';
import type { BackOff, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { DeviceIndexAllocation } from '#core/controllers/instance-interfaces/plan/device-index.ts';
import { planNextStep } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { Subnet } from '#core/ports/cloud.ts';
import { ago, aNodeEni, anObservation, aRecord, aSubnet, NOW } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';

interface ReconcileInput {
  readonly record?: SlotSpec | undefined;
  readonly allocation?: DeviceIndexAllocation;
  readonly subnet?: Partial<Subnet>;
  readonly observed?: Partial<Observed>;
}

const planOf = (
  { record, allocation, subnet, observed = {} }: ReconcileInput,
  observation = anObservation(),
) =>
  planNextStep({
    desired: {
      slot: SLOT,
      nodeEni: aNodeEni(),
      subnet: aSubnet(subnet),
      groupIds: ['sg-1'],
      askedIndex: 2,
      isByCommand: false,
    },
    eni: undefined,
    record,
    allocation: allocation ?? { deviceIndex: 2 },
    observed: { ...observation, ...observed },
  });

/** A record whose call got no answer. */
const unanswered = (record: Partial<SlotSpec> = {}): SlotSpec => {
  const { eniId: _, ...rest } = aRecord(record);
  return rest;
};

const aBackOff = (backOff: Partial<BackOff> = {}): BackOff => ({
  reason: 'SubnetFull',
  message: 'No.',
  isRefusal: true,
  until: ago(1),
  failures: 1,
  nodeEniGeneration: 1,
  ...backOff,
});

const EDITED = { nodeEniGeneration: 0 };

/** What the plan does: the recorded call again, a new one, or none. */
const callOf = (record: SlotSpec): 'same' | 'new' | 'none' => {
  const { action } = planOf({ record });
  if (action?.type !== 'create') return 'none';
  return action.parameters.clientToken === record.create?.clientToken ? 'same' : 'new';
};

describe('planNextStep, for an ENI that is missing', () => {
  it('records the parameters, the time and the call', () => {
    const plan = planOf({});

    expect(plan).toMatchObject({
      slot: SLOT,
      nodeEni: 'data',
      action: { type: 'create', slot: SLOT, parameters: { subnetId: 'subnet-a' } },
      record: { phase: 'Present', generation: 1, createTriedAt: NOW.toISOString() },
      report: { phase: 'Pending', reason: 'Creating', message: 'The ENI is being created.' },
    });
    expect(plan.action?.type === 'create' && plan.action.parameters).toEqual(plan.record?.create);
  });

  it.each([
    { seconds: 59, createTriedAt: ago(59) },
    { seconds: 60, createTriedAt: NOW.toISOString() },
  ])('notes the time of a call to the minute: after $seconds seconds', (given) => {
    const record = unanswered({ createTriedAt: ago(given.seconds) });

    expect(planOf({ record }).record?.createTriedAt).toBe(given.createTriedAt);
  });

  it.each([
    { name: 'unanswered, just now', record: unanswered({ createTriedAt: ago(5) }), call: 'same' },
    {
      name: 'unanswered, long ago',
      record: unanswered({ createTriedAt: ago(9000) }),
      call: 'same',
    },
    {
      name: 'without an answer that is known',
      record: unanswered({ createTriedAt: ago(9000), backOff: aBackOff({ isRefusal: false }) }),
      call: 'same',
    },
    {
      name: 'without an answer, before an edit',
      record: unanswered({
        createTriedAt: ago(5),
        backOff: aBackOff({ isRefusal: false, until: ago(-40), ...EDITED }),
      }),
      call: 'same',
    },
    { name: 'answered just now', record: aRecord({ createTriedAt: ago(179) }), call: 'none' },
    { name: 'answered long ago', record: aRecord({ createTriedAt: ago(180) }), call: 'new' },
    {
      name: 'refused just now',
      record: unanswered({ createTriedAt: ago(179), backOff: aBackOff() }),
      call: 'same',
    },
    {
      name: 'refused long ago',
      record: unanswered({ createTriedAt: ago(180), backOff: aBackOff() }),
      call: 'new',
    },
    {
      name: 'refused before an edit, just now',
      record: unanswered({ createTriedAt: ago(179), backOff: aBackOff(EDITED) }),
      call: 'none',
    },
    {
      name: 'refused before an edit, long ago',
      record: unanswered({
        createTriedAt: ago(180),
        backOff: aBackOff({ until: ago(-40), ...EDITED }),
      }),
      call: 'new',
    },
  ] as const)('makes the call again, a new one or none ($call): $name', ({ record, call }) => {
    expect(callOf(record)).toBe(call);
  });

  it('begins later than the call of an ENI that somebody took', () => {
    const { create: _, ...taken } = unanswered({ createTriedAt: NOW.toISOString() });

    const { create, createTriedAt } = planOf({ record: taken }).record ?? {};

    expect(create?.incarnation).toBe(new Date(NOW.getTime() + 1).toISOString());
    expect(createTriedAt).toBe(NOW.toISOString());
  });

  it('tells how long it waits for what EC2 does not show yet', () => {
    expect(planOf({ record: aRecord({ createTriedAt: ago(5) }) })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      report: {
        phase: 'Pending',
        reason: 'NotVisibleYet',
        message: 'EC2 does not show eni-1 yet.',
      },
      requeueAfterSeconds: 15,
    });
  });

  it.each([
    { name: 'a refusal', backOff: { until: ago(-40) }, seconds: 40 },
    { name: 'the last moment of a refusal', backOff: { until: ago(-0.2) }, seconds: 1 },
    { name: 'a refused call to be forgotten', backOff: EDITED, seconds: 80 },
  ])('waits out $name: $seconds seconds', ({ backOff, seconds }) => {
    const record = unanswered({ createTriedAt: ago(100), backOff: aBackOff(backOff) });

    expect(planOf({ record })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      report: { phase: 'Failed', reason: 'SubnetFull', message: 'No.' },
      requeueAfterSeconds: seconds,
    });
  });
});
