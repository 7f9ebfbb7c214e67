import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import {
  withoutTaken,
  withRecords,
} from '#core/controllers/instance-interfaces/plan/attached-elsewhere.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ATTACHMENT,
  ago,
  anAvailableEni,
  anEni,
  anObservation,
  aRecord,
  aState,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ELSEWHERE = { ...ATTACHMENT, instanceId: 'i-other' };

const elsewhere = (eni: Partial<NetworkInterface> = {}) => anEni({ ...eni, attachment: ELSEWHERE });

const taken = (ours: readonly NetworkInterface[], records: Readonly<Record<string, SlotSpec>>) =>
  withoutTaken(anObservation({ ours, state: aState(records) }));

/** A record whose call got no answer: it does not know its ENI. */
const unanswered = (): SlotSpec => {
  const { eniId: _, ...record } = aRecord();
  return record;
};

const uncalled = (): SlotSpec => {
  const { create: _, ...record } = aRecord({ eniId: 'eni-2' });
  return record;
};

describe('withoutTaken', () => {
  it.each([
    {
      name: 'by its id',
      record: aRecord(),
      eni: elsewhere({ tags: { [TAGS.createdAt]: ago(1) } }),
    },
    { name: 'by its time, where no answer told the id', record: unanswered(), eni: elsewhere() },
  ])('forgets the ENI of a slot that it knows $name, and the call that made it', (given) => {
    const { [SLOT]: record } = taken([given.eni], { [SLOT]: given.record });

    expect(record).toMatchObject({ nodeEniUid: 'uid-of-data', phase: 'Present' });
    expect(record).not.toHaveProperty('eniId');
    expect(record).not.toHaveProperty('create');
  });

  it.each([
    { name: 'an ENI that is here', eni: anEni(), record: aRecord() },
    { name: 'an ENI that hangs loose', eni: anAvailableEni(), record: aRecord() },
    {
      name: 'another ENI of another time',
      eni: elsewhere({ eniId: 'eni-2', tags: { [TAGS.createdAt]: ago(1) } }),
      record: aRecord(),
    },
    { name: 'an ENI of another slot', eni: elsewhere({ subnetId: 'subnet-b' }), record: aRecord() },
    { name: 'another ENI, where no call is recorded', eni: elsewhere(), record: uncalled() },
    {
      name: 'a slot that is being released',
      eni: elsewhere(),
      record: aRecord({ phase: 'Releasing' }),
    },
  ])('leaves a record alone for $name', ({ eni, record }) => {
    expect(taken([eni], { [SLOT]: record })).toEqual({});
  });

  it('finds the one that is taken among others', () => {
    const records = { [SLOT]: aRecord(), 'data/subnet-b': aRecord({ eniId: 'eni-2' }) };
    const ours = [anEni({ eniId: 'eni-2', subnetId: 'subnet-b' }), elsewhere()];

    expect(Object.keys(taken(ours, records))).toEqual([SLOT]);
  });

  it('finds nothing where nothing is recorded', () => {
    const state = { ...aState(), spec: {} };

    expect(withoutTaken(anObservation({ ours: [elsewhere()] }))).toEqual({});
    expect(withoutTaken(anObservation({ ours: [elsewhere()], state }))).toEqual({});
  });
});

describe('withRecords', () => {
  it('puts these records in the place of the stored ones, and keeps all else', () => {
    const other = aRecord({ eniId: 'eni-2' });
    const observed = anObservation({
      state: aState({ [SLOT]: aRecord(), 'data/subnet-b': other }, { host: {} }),
    });
    const record = aRecord({ generation: 7 });

    expect(withRecords(observed, { [SLOT]: record })).toEqual({
      ...observed,
      state: aState({ [SLOT]: record, 'data/subnet-b': other }, { host: {} }),
    });
  });

  it('makes up no state object', () => {
    const observed = anObservation();

    expect(withRecords(observed, { [SLOT]: aRecord() })).toBe(observed);
  });
});
