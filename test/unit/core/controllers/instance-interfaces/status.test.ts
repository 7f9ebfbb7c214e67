import { describe, expect, it } from 'vitest';
import type { SlotStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/controllers/instance-interfaces/observed.ts';
import type { InstancePlan } from '#core/controllers/instance-interfaces/plan.ts';
import { report, type SlotPlan } from '#core/controllers/instance-interfaces/slot-plan.ts';
import {
  eventsFor,
  mustRecordFirst,
  nextLookSeconds,
  nodeEnisTouched,
  recordChanges,
  staleHostRows,
  stateChanges,
  statusChanges,
} from '#core/controllers/instance-interfaces/status.ts';
import {
  ago,
  anObservation,
  aRecord,
  aState,
  INSTANCE_ID,
  without,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ATTACHED = report('Attached', 'Attached', 'Attached.');

const aSlot = (slot: Partial<SlotPlan> = {}): SlotPlan => ({
  slot: SLOT,
  nodeEni: 'data',
  report: ATTACHED,
  ...slot,
});

const planOf = (...slots: readonly SlotPlan[]): InstancePlan => ({
  slots,
  areLabelsKnown: true,
  unaccepted: [],
  isUndecided: false,
  isFinished: false,
});

const aRow = (row: Partial<SlotStatus> = {}): SlotStatus => ({
  ...ATTACHED,
  since: ago(60),
  ...row,
});

/** What is stored of the slot. */
const stored = (
  record: Parameters<typeof aRecord>[0] | undefined = {},
  status: NonNullable<Observed['state']>['status'] = {},
) => anObservation({ state: aState({ [SLOT]: aRecord(record) }, status) });

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
    { name: 'an MTU', change: { mtu: 1500 }, first: false },
  ] as const)('is $first for $name', ({ change, first }) => {
    expect(mustRecordFirst({ [SLOT]: aRecord(change as object) }, stored())).toBe(first);
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
    expect(stateChanges(planOf(aSlot()), without(world, 'node'))).toBeUndefined();
  });

  it('notes when EC2 first did not know the instance, and takes the note back', () => {
    const world = stored();
    const missing = without(world, 'instance');
    const noted = { ...aState(), spec: { ...aState().spec, missingSince: ago(30) } };

    expect(stateChanges(planOf(), missing)).toEqual({ missingSince: world.now.toISOString() });
    expect(stateChanges(planOf(), { ...missing, state: noted })).toBeUndefined();
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

describe('staleHostRows', () => {
  it('names the rows of slots that are gone or about to be', () => {
    const row = { eniId: 'eni-1', generation: 1 };
    const host = { [SLOT]: row, 'data/subnet-b': row, 'data/subnet-c': row };
    const plan = planOf(aSlot(), aSlot({ slot: 'data/subnet-b', record: null }));

    expect(staleHostRows(plan, stored({}, { host }))).toEqual(['data/subnet-b', 'data/subnet-c']);
    expect(staleHostRows(plan, anObservation())).toEqual([]);
  });
});

describe('eventsFor', () => {
  const world = stored({ deviceIndex: 2 }, { interfaces: { [SLOT]: aRow({ phase: 'Pending' }) } });

  it('tells that an interface became ready, and which', () => {
    expect(eventsFor({ [SLOT]: aRow() }, world)).toEqual([
      {
        type: 'Ready',
        reason: 'Attached',
        message: 'Attached.',
        cluster: 'prod',
        nodeEni: 'data',
        instanceId: INSTANCE_ID,
        subnetId: 'subnet-a',
        nodeName: world.node?.name,
        eniId: 'eni-1',
        deviceIndex: 2,
      },
    ]);
  });

  it('knows the subnet of a slot that has no record, and names no ENI', () => {
    const [event] = eventsFor(
      { [SLOT]: aRow({ phase: 'Failed' }) },
      without(anObservation(), 'node'),
    );

    expect(event).toEqual({
      type: 'Failed',
      reason: 'Attached',
      message: 'Attached.',
      cluster: 'prod',
      nodeEni: 'data',
      instanceId: INSTANCE_ID,
      subnetId: 'subnet-a',
    });
  });

  it.each([
    { name: 'is attached and still waits for its host', row: aRow({ reason: 'WaitingForHost' }) },
    { name: 'is on its way', row: aRow({ phase: 'Pending', reason: 'Creating' }) },
  ])('tells nothing of an interface that $name', ({ row }) => {
    expect(eventsFor({ [SLOT]: row }, world)).toEqual([]);
  });

  it('tells a failure once for each reason', () => {
    const failed = aRow({ phase: 'Failed', reason: 'SubnetFull' });
    const failing = stored({}, { interfaces: { [SLOT]: failed } });

    expect(eventsFor({ [SLOT]: { ...failed, message: 'Still.' } }, failing)).toEqual([]);
    expect(eventsFor({ [SLOT]: { ...failed, reason: 'AccessDenied' } }, failing)).toHaveLength(1);
  });

  it.each([
    { phase: 'Attached', isTold: true },
    { phase: 'Releasing', isTold: true },
    { phase: 'Retained', isTold: true },
    { phase: 'Pending', isTold: false },
    { phase: 'Skipped', isTold: false },
  ] as const)('tells of the end of a row that was $phase: $isTold', ({ phase, isTold }) => {
    const before = stored({}, { interfaces: { [SLOT]: aRow({ phase }) } });

    const types = eventsFor({ [SLOT]: null }, before).map(({ type }) => type);

    expect(types).toEqual(isTold ? ['Released'] : []);
  });

  it('tells nothing of the end of a row that never was', () => {
    expect(eventsFor({ [SLOT]: null }, stored())).toEqual([]);
  });
});

describe('nodeEnisTouched', () => {
  it('names each NodeENI once', () => {
    expect(nodeEnisTouched({ 'data/a': 1, 'data/b': 2 }, { 'voice/a': null, 'data/c': 3 })).toEqual(
      ['data', 'voice'],
    );
  });
});

describe('nextLookSeconds, for a slot that waits', () => {
  it.each([
    { name: 'at 600 seconds still', since: ago(600), seconds: 15 },
    { name: 'and leaves it to the sweep after that', since: ago(601), seconds: undefined },
  ])('looks closely $name', ({ since, seconds }) => {
    const world = stored({}, { interfaces: { [SLOT]: aRow({ since }) } });

    expect(nextLookSeconds(planOf(aSlot({ lookAgainSeconds: 15 })), world)).toBe(seconds);
  });

  it('waits a second at least, and takes the soonest', () => {
    const slots = [aSlot({ lookAgainSeconds: 40 }), aSlot({ lookAgainSeconds: 0.2 }), aSlot()];

    expect(nextLookSeconds(planOf(...slots), stored())).toBe(1);
    expect(nextLookSeconds(planOf(...slots), stored(), 900)).toBe(1);
    expect(nextLookSeconds(planOf(), stored(), 900)).toBe(900);
    expect(nextLookSeconds(planOf(), stored(), 901)).toBeUndefined();
  });
});
