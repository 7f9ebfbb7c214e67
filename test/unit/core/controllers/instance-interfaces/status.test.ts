import { describe, expect, it } from 'vitest';
import {
  mustRecordFirst,
  recordChanges,
  stateChanges,
} from '#core/controllers/instance-interfaces/plan/record-changes.ts';
import {
  eventsFor,
  nodeEnisTouched,
  staleHostRows,
  statusChanges,
} from '#core/controllers/instance-interfaces/status.ts';
import { ago, anObservation, aRecord, aState, NOW, without } from '#test/support/builders.ts';
import { ATTACHED, aRow, aSlot, planOf, SLOT, stored } from './plan/slot-builders.ts';

describe('recordChanges', () => {
  it('tells of records that are new, changed or to be forgotten, and of no other', () => {
    const changed = aRecord({ mtu: 1500 });
    const world = stored();

    expect(recordChanges(planOf(aSlot({ record: changed })), world)).toEqual({ [SLOT]: changed });
    expect(recordChanges(planOf(aSlot({ record: null })), world)).toEqual({ [SLOT]: null });
    expect(recordChanges(planOf(aSlot({ record: aRecord() })), world)).toEqual({});
    expect(recordChanges(planOf(aSlot()), world)).toEqual({});
    expect(recordChanges(planOf(aSlot({ record: changed })), anObservation())).toEqual({
      [SLOT]: changed,
    });
  });

  it('does not forget what was never recorded', () => {
    const plan = planOf(aSlot({ slot: 'data/subnet-b', record: null }));

    expect(recordChanges(plan, stored())).toEqual({});
  });
});

describe('mustRecordFirst', () => {
  const { create } = aRecord();

  it.each([
    {
      name: 'a new call',
      change: { create: create && { ...create, clientToken: 'token-2' } },
      first: true,
    },
    { name: 'the time of a call', change: { createTriedAt: ago(5) }, first: true },
    { name: 'the begin of a release', change: { phase: 'Releasing' }, first: true },
    { name: "a user's new tag (seed 7088)", change: { userTags: { team: 'core' } }, first: true },
    { name: 'an MTU', change: { mtu: 1500 }, first: false },
  ] as const)('is $first for $name', ({ change, first }) => {
    expect(mustRecordFirst({ [SLOT]: aRecord(change as object) }, stored())).toBe(first);
  });

  it('waits for the record of the first call of a slot that is recorded already', () => {
    const { create: _, ...silent } = aRecord();
    const world = anObservation({ state: aState({ [SLOT]: silent }) });

    expect(mustRecordFirst({ [SLOT]: aRecord() }, world)).toBe(true);
  });

  it('waits for the record of a first call, and for none that is forgotten', () => {
    const { create: _, ...silent } = aRecord();

    expect(mustRecordFirst({ [SLOT]: aRecord() }, anObservation())).toBe(true);
    expect(mustRecordFirst({ [SLOT]: silent }, anObservation())).toBe(false);
    expect(mustRecordFirst({ [SLOT]: null }, stored())).toBe(false);
    expect(mustRecordFirst({ [SLOT]: null, 'data/subnet-b': aRecord() }, stored())).toBe(true);
  });
});

describe('stateChanges', () => {
  it('makes an object only where there is something to say', () => {
    const world = anObservation();

    expect(stateChanges(planOf(aSlot()), world)).toEqual({ nodeName: world.node?.name });
    expect(stateChanges(planOf({ slot: SLOT, nodeEni: 'data' }), world)).toBeUndefined();
    expect(stateChanges(planOf(), world)).toBeUndefined();
  });

  it('changes nothing that is said already', () => {
    expect(stateChanges(planOf(aSlot({ record: aRecord() })), stored())).toBeUndefined();
  });

  it('tells the name of a node that has registered, and keeps it when the node is gone', () => {
    const world = stored();
    const { nodeName: _, ...spec } = aState({ [SLOT]: aRecord() }).spec;

    expect(stateChanges(planOf(aSlot()), { ...world, state: { ...aState(), spec } })).toEqual({
      nodeName: world.node?.name,
    });
    expect(stateChanges(planOf(aSlot()), without(world, 'node'))).not.toHaveProperty('nodeName');
  });

  it('notes when the node was first gone, and takes the note back', () => {
    const world = stored();
    const missing = without(world, 'node');
    const spec = { ...aState({ [SLOT]: aRecord() }).spec, nodeMissingSince: ago(30) };
    const state = { ...aState(), spec };

    expect(stateChanges(planOf(aSlot()), missing)).toEqual({
      nodeMissingSince: NOW.toISOString(),
    });
    expect(stateChanges(planOf(aSlot()), { ...missing, state })).toBeUndefined();
    expect(stateChanges(planOf(aSlot()), { ...world, state })).toEqual({ nodeMissingSince: null });
  });

  it('notes when EC2 first did not know the instance, and takes the note back', () => {
    const world = stored();
    const missing = without(world, 'instance');
    const noted = { ...aState(), spec: { ...aState().spec, missingSince: ago(30) } };

    expect(stateChanges(planOf(), missing)).toEqual({ missingSince: world.now.toISOString() });
    expect(stateChanges(planOf(), { ...missing, state: noted })).toBeUndefined();
    expect(stateChanges(planOf(), without(missing, 'state'))).toBeUndefined();
    expect(stateChanges(planOf(), { ...world, state: noted })).toEqual({ missingSince: null });
  });
});

describe('statusChanges', () => {
  it('keeps the time of a row whose phase and reason stay', () => {
    const before = aRow({ message: 'Attached since long.' });
    const world = stored({}, { interfaces: { [SLOT]: before } });

    expect(statusChanges(planOf(aSlot()), world)).toEqual({ [SLOT]: aRow() });
    expect(
      statusChanges(planOf(aSlot({ report: { ...ATTACHED, message: before.message } })), world),
    ).toEqual({});
  });

  it.each([{ phase: 'Pending' }, { reason: 'Held' }] as const)(
    'dates a row anew after %o',
    (before) => {
      const world = stored({}, { interfaces: { [SLOT]: aRow(before) } });

      expect(statusChanges(planOf(aSlot()), world)).toEqual({
        [SLOT]: aRow({ since: world.now.toISOString() }),
      });
    },
  );

  it('takes away the rows of which nothing is said any more', () => {
    const world = stored({}, { interfaces: { [SLOT]: aRow(), 'data/subnet-b': aRow() } });

    expect(
      statusChanges(planOf(aSlot(), { slot: 'data/subnet-b', nodeEni: 'data' }), world),
    ).toEqual({
      'data/subnet-b': null,
    });
  });
});

describe('what is told of an instance whose state object has no status yet', () => {
  const { status: _, ...unreported } = aState({ [SLOT]: aRecord() });
  const { interfaces: _interfaces, ...empty } = unreported.spec;

  it.each([
    { name: 'no object', world: anObservation() },
    { name: 'an object without a status', world: anObservation({ state: unreported }) },
    { name: 'an empty object', world: anObservation({ state: { ...unreported, spec: empty } }) },
  ])('is all that is to tell, with $name', ({ world }) => {
    const row = aRow({ since: world.now.toISOString() });

    expect(statusChanges(planOf(aSlot()), world)).toEqual({ [SLOT]: row });
    expect(statusChanges(planOf(), world)).toEqual({});
    expect(staleHostRows(planOf(), world)).toEqual([]);
    expect(eventsFor({ [SLOT]: row }, world)).toMatchObject([{ type: 'Ready' }]);
    expect(eventsFor({ [SLOT]: null }, world)).toEqual([]);
  });
});

describe('staleHostRows', () => {
  it('names the rows of slots that are gone or about to be', () => {
    const row = { eniId: 'eni-1', generation: 1 };
    const host = { [SLOT]: row, 'data/subnet-b': row, 'data/subnet-c': row };
    const plan = planOf(aSlot(), aSlot({ slot: 'data/subnet-b', record: null }));

    expect(staleHostRows(plan, stored({}, { host }))).toEqual(['data/subnet-b', 'data/subnet-c']);
    expect(staleHostRows(plan, anObservation())).toEqual([]);
  });
});

describe('nodeEnisTouched', () => {
  it('names each NodeENI once', () => {
    expect(nodeEnisTouched({ 'data/a': 1, 'data/b': 2 }, { 'voice/a': null, 'data/c': 3 })).toEqual(
      ['data', 'voice'],
    );
  });
});
