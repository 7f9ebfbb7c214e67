import { describe, expect, it } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { planLeaving } from '#core/controllers/instance-interfaces/plan/leaving.ts';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ATTACHMENT,
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aState,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const OTHERS = [aNodeEni({}, { name: 'voice' })];

interface ReconcileInput {
  readonly eni?: NetworkInterface;
  readonly record?: SlotSpec;
  readonly observed?: Partial<Observed>;
}

/** The plan of the slot while its NodeENI cannot be read or resolved. */
const planOf = ({ eni, record, observed = {} }: ReconcileInput, held = 'data') =>
  planLeaving(
    [],
    { wanted: [], refused: [], held: new Set([held]), unaccepted: [], areLabelsKnown: true },
    anObservation({
      nodeEnis: [...OTHERS, aNodeEni()],
      ours: eni === undefined ? [] : [eni],
      state: aState(record === undefined ? {} : { [SLOT]: record }),
      ...observed,
    }),
  ).find(({ slot }) => slot === SLOT);

const reasonOf = (given: ReconcileInput, held?: string) => planOf(given, held)?.report?.reason;

const elsewhere = anEni({ attachment: { ...ATTACHMENT, instanceId: 'i-other' } });

describe('planLeaving, for a NodeENI that is held', () => {
  it('keeps what is there, and says how it stands', () => {
    const kept = (phase: string) => ({
      slot: SLOT,
      nodeEni: 'data',
      report: {
        phase,
        reason: 'Held',
        message: 'Kept as it is until the NodeENI can be read and resolved again.',
      },
    });

    const attaching = anEni({ attachment: { ...ATTACHMENT, status: 'attaching' } });

    expect(planOf({ record: aRecord(), eni: anEni() })).toEqual(kept('Attached'));
    expect(planOf({ record: aRecord(), eni: attaching })).toEqual(kept('Pending'));
    expect(planOf({ record: aRecord(), eni: anAvailableEni() })).toEqual(kept('Pending'));
    expect(planOf({ record: aRecord() })).toEqual(kept('Pending'));
  });

  it('keeps what is recorded for one that cannot be read at all', () => {
    const observed = { nodeEnis: OTHERS };

    expect(reasonOf({ record: aRecord(), eni: anEni(), observed })).toBe('Held');
  });

  it.each([
    {
      name: 'a release that has begun',
      given: { record: aRecord({ phase: 'Releasing', releasingSince: ago(5) }), eni: anEni() },
      reason: 'Detaching',
    },
    {
      name: 'the ENI of an earlier NodeENI',
      given: { record: aRecord({ nodeEniUid: 'uid-0' }), eni: anEni() },
      reason: 'Detaching',
    },
    {
      name: 'what somebody attached elsewhere',
      given: { record: aRecord(), eni: elsewhere },
      reason: 'AttachedElsewhere',
    },
    {
      name: 'what outlived its instance',
      given: {
        record: aRecord(),
        eni: anAvailableEni(),
        observed: { instance: anInstance({ state: 'terminated' }) },
      },
      reason: 'Deleting',
    },
  ] as const)('does not hold up $name', ({ given, reason }) => {
    expect(reasonOf(given)).toBe(reason);
  });

  it('lets go of what another one holds', () => {
    expect(reasonOf({ record: aRecord(), eni: anEni() }, 'voice')).toBe('Detaching');
  });
});

describe('planLeaving, for a NodeENI that is held and whose record somebody deleted', () => {
  it.each([
    { name: 'an ENI in use', given: { eni: anEni() }, reason: 'Held' },
    { name: 'a loose ENI', given: { eni: anAvailableEni() }, reason: 'Deleting' },
    { name: 'an ENI elsewhere', given: { eni: elsewhere }, reason: 'AttachedElsewhere' },
    {
      name: 'the ENI of an earlier one',
      given: { eni: anEni(), observed: { nodeEnis: [aNodeEni({}, { uid: 'uid-2' })] } },
      reason: 'Detaching',
    },
    {
      name: 'the ENI of one that bore another name',
      given: {
        eni: anEni(),
        observed: { nodeEnis: [aNodeEni({}, { name: 'voice', uid: 'uid-of-data' })] },
      },
      reason: 'Detaching',
    },
  ])('answers $reason for $name', ({ given, reason }) => {
    expect(reasonOf(given)).toBe(reason);
  });

  it('keeps no second ENI of a slot that is recorded', () => {
    const ours = [anEni(), anEni({ eniId: 'eni-2' })];

    const plans = planLeaving(
      [],
      { wanted: [], refused: [], held: new Set(['data']), unaccepted: [], areLabelsKnown: true },
      anObservation({ ours, state: aState({ [SLOT]: aRecord() }) }),
    );

    expect(plans.map(({ slot, report }) => [slot, report?.reason])).toEqual([
      [SLOT, 'Held'],
      ['data/subnet-a#eni-2', 'Detaching'],
    ]);
  });
});

describe('planInstance, for a record while its NodeENI cannot be resolved', () => {
  const stepFor = (uid: string) =>
    planInstance(
      anObservation({
        nodeEnis: [...OTHERS, aNodeEni({}, { uid })],
        subnets: [],
        ours: [anEni()],
        state: aState({ [SLOT]: aRecord() }),
      }),
    ).slots.find(({ slot }) => slot === SLOT)?.action?.type;

  it('keeps the interface of this NodeENI', () => {
    expect(stepFor('uid-of-data')).toBeUndefined();
  });

  it('releases the interface of an earlier NodeENI of the same name', () => {
    expect(stepFor('uid-of-another')).toBe('detach');
  });
});
