import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { BackOff } from '#core/apis/v1alpha1/node-eni-state.ts';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  ATTACHMENT,
  ago,
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  anObservation,
  aRecord,
  aState,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const UNSELECTED = { node: aNode({ labels: {} }) };

const slotsOf = (observed: Partial<Observed>) => planInstance(anObservation(observed)).slots;

const slotOf = (observed: Partial<Observed>) => {
  const [slot, ...others] = slotsOf(observed);
  if (slot === undefined || others.length > 0) throw new Error('There is not exactly one slot.');
  return slot;
};

const aBackOff: BackOff = {
  reason: 'AccessDenied',
  message: 'No.',
  isRefusal: true,
  until: ago(1),
  failures: 3,
  nodeEniGeneration: 1,
};

describe('planInstance, for the interface of the node itself', () => {
  it.each([
    { deviceIndex: 0, networkCardIndex: 0, isTouched: false },
    { deviceIndex: 1, networkCardIndex: 0, isTouched: true },
    { deviceIndex: 0, networkCardIndex: 1, isTouched: true },
  ])('touches the ENI at index $deviceIndex of card $networkCardIndex: $isTouched', (given) => {
    const { isTouched, ...place } = given;
    const eni = anEni({ attachment: { ...ATTACHMENT, ...place } });

    expect(slotsOf({ ...UNSELECTED, ours: [eni] }).map(({ action }) => action?.type)).toEqual(
      isTouched ? ['detach'] : [],
    );
  });
});

describe('planInstance, for a refused call', () => {
  const recorded = (observed: Partial<Observed>) =>
    slotOf({
      state: aState({ [SLOT]: aRecord({ backOff: aBackOff }) }),
      ...observed,
    }).record;

  it('carries it along while there is such a call to make, and forgets it after that', () => {
    expect(recorded({ ours: [anAvailableEni()] })?.backOffs).toEqual({ attach: aBackOff });
    expect(recorded({ ours: [anEni()] })).toMatchObject({ eniId: 'eni-1' });
    expect(recorded({ ours: [anEni()] })).not.toHaveProperty('backOffs');
    expect(recorded({ ours: [anEni()] })).not.toHaveProperty('backOff');
  });

  it('keeps it through a release', () => {
    expect(recorded({ ...UNSELECTED, ours: [anEni()] })).toMatchObject({
      phase: 'Releasing',
      backOffs: { detach: aBackOff },
    });
    expect(recorded({ ...UNSELECTED, ours: [anAvailableEni()] })).toBeUndefined();
    expect(recorded(UNSELECTED)).toBeNull();
  });
});

describe('planInstance, for a NodeENI that carries the name of an earlier one', () => {
  const later = (spec = {}) => ({ nodeEnis: [aNodeEni(spec, { uid: 'uid-2' })] });
  const state = aState({ [SLOT]: aRecord() });

  it('makes nothing before the slot is free', () => {
    expect(slotOf({ ...later(), state, ours: [anEni()] })).toMatchObject({
      slot: SLOT,
      action: { type: 'detach', eniId: 'eni-1' },
      record: { nodeEniUid: 'uid-of-data', phase: 'Releasing' },
    });
  });

  it('tells that the slot is wanted and postponed, unless the new one is paused', () => {
    const postponed = (spec: object, observed: Partial<Observed>) =>
      planInstance(anObservation({ ...later(spec), state, ...observed })).postponed;

    expect(postponed({}, { ours: [anEni()] })).toEqual([SLOT]);
    expect(postponed({ paused: true }, { ours: [anEni()] })).toEqual([]);
    expect(postponed({}, { ours: [anEni()], ...UNSELECTED })).toEqual([]);
    expect(postponed({}, { state: aState({}) })).toEqual([]);
  });

  it('tells a refusal of the new one and releases that of the earlier', () => {
    expect(slotOf({ ...later(), state, ours: [anEni()], securityGroups: [] })).toMatchObject({
      action: { type: 'detach', eniId: 'eni-1' },
      record: { phase: 'Releasing' },
      report: { phase: 'Failed', reason: 'SecurityGroupNotFound' },
    });
  });

  it('is paused only about its own', () => {
    const paused = later({ paused: true });
    const { [TAGS.uid]: _, ...tags } = anEni().tags;
    const other = anEni({ eniId: 'eni-0', subnetId: 'subnet-0' });

    const reasonFor = (eni: typeof other) =>
      slotsOf({ ...paused, ...UNSELECTED, state, ours: [other, eni] }).find(
        ({ slot }) => slot === SLOT,
      )?.report?.reason;

    expect(reasonFor(anEni())).toBe('Detaching');
    expect(reasonFor(anEni({ tags: { [TAGS.uid]: 'uid-2' } }))).toBe('Paused');
    expect(reasonFor({ ...anEni(), tags })).toBe('Paused');
  });
});

describe('planInstance, for a slot whose ENI somebody attached elsewhere', () => {
  const eni = anEni({ attachment: { ...ATTACHMENT, instanceId: 'i-other' } });

  const planOf = (observed: Partial<Observed> = {}) =>
    slotsOf({ ours: [eni], state: aState({ [SLOT]: aRecord() }), ...observed }).find(
      ({ slot }) => slot === SLOT,
    );

  it('records the call for a new one', () => {
    const { action, record } = planOf() ?? {};

    expect(action?.type).toBe('create');
    expect(record?.create).toEqual(action?.type === 'create' && action.parameters);
    expect(record).not.toHaveProperty('eniId');
  });

  it('forgets the ENI even where it makes no new one', () => {
    const plan = planOf({ isTerminating: true });

    expect(plan).toMatchObject({ record: { phase: 'Present', generation: 2 } });
    expect(plan?.record).not.toHaveProperty('eniId');
  });
});

describe('planInstance, for an instance of which nothing is recorded', () => {
  it('begins as if there were no state object', () => {
    const state = { ...aState(), spec: {} };

    expect(slotOf({ state })).toEqual(slotOf({}));
  });
});
