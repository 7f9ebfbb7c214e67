import { describe, expect, it } from 'vitest';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  ago,
  aNode,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aState,
  without,
} from '#test/support/builders.ts';
import { SLOT } from './slot-builders.ts';

const LABELS = { ng: 'multi-eni' };
const WITHOUT_LABELS = aNode({ labels: {} });

/** An instance with its interface, recorded and attached, and a Node. */
const attached = (more: Partial<Observed> = {}, spec: object = {}): Observed => {
  const state = aState({ [SLOT]: aRecord() });
  return anObservation({
    ours: [anEni()],
    state: { ...state, spec: { ...state.spec, ...spec } },
    ...more,
  });
};

const stepOf = (observed: Observed) => {
  const [slot] = planInstance(observed).slots;
  return { action: slot?.action?.type, phase: slot?.report?.phase, reason: slot?.report?.reason };
};

const KEPT = { action: undefined, phase: 'Attached' };
const LET_GO = { action: 'detach', phase: 'Releasing', reason: 'Detaching' };

describe('a Node that is gone while its instance runs', () => {
  const missing = (seconds: number | undefined, more: Partial<Observed> = {}) =>
    without(
      attached(more, seconds === undefined ? {} : { nodeMissingSince: ago(seconds) }),
      'node',
    );

  it.each([
    ['is reported at the first reconcile', undefined],
    ['is waited for', 599],
  ])('%s, and its interface is kept', (_title, seconds) => {
    expect(stepOf(missing(seconds))).toEqual({ ...KEPT, reason: 'NodeMissing' });
  });

  it('tells until when, and asks for a reconcile then', () => {
    const [slot] = planInstance(missing(200)).slots;

    expect(slot?.report?.message).toBe(
      'The Node ip-10-0-0-5.ec2.internal is gone, and i-0123456789abcdef0 still runs. Kept until 2026-11-21T12:06:40.000Z, then released.',
    );
    expect(slot?.requeueAfterSeconds).toBe(400);
  });

  it('loses its interface after ten minutes, whatever its group promises to new nodes', () => {
    expect(stepOf(missing(600))).toEqual(LET_GO);
    expect(stepOf(missing(600, { predictedLabels: LABELS }))).toEqual(LET_GO);
  });

  it('is no reason to keep a launch waiting for labels that are only promised', () => {
    expect(planInstance(missing(10, { predictedLabels: LABELS })).areLabelsKnown).toBe(false);
  });

  it.each(['stopped', 'stopping', 'pending'] as const)(
    'is not expected while the instance is %s',
    (state) => {
      const observed = missing(6000, { instance: anInstance({ state }) });

      expect(stepOf(observed)).toEqual({ ...KEPT, reason: 'Attached' });
    },
  );

  it('is not gone where it may only have been missed', () => {
    expect(stepOf(missing(6000, { isNodeUnsure: true }))).toEqual({ ...KEPT, reason: 'Attached' });
  });

  it('is not one that has yet to register with the labels that are promised', () => {
    const state = { ...aState({ [SLOT]: aRecord() }), spec: { interfaces: { [SLOT]: aRecord() } } };
    const observed = without(anObservation({ ours: [anEni()], state }), 'node');

    expect(stepOf({ ...observed, predictedLabels: LABELS })).toEqual({
      ...KEPT,
      reason: 'Attached',
    });
  });
});

describe('a Node without the label', () => {
  const made = Date.parse(aRecord().create?.incarnation ?? '');
  const registered = (secondsAgo: number) => new Date(ago(secondsAgo));

  it('keeps its interface while it has just registered anew', () => {
    const node = { ...WITHOUT_LABELS, createdAt: registered(599) };

    expect(made).toBeLessThan(node.createdAt.getTime());
    expect(stepOf(attached({ node }))).toMatchObject(KEPT);
  });

  it('loses it when it has been registered for ten minutes', () => {
    expect(stepOf(attached({ node: { ...WITHOUT_LABELS, createdAt: registered(600) } }))).toEqual(
      LET_GO,
    );
  });

  it('loses it at once when it was made under this very Node', () => {
    const createdAt = registered(500);
    const record = aRecord();
    const create = record.create && { ...record.create, incarnation: ago(400) };
    const state = aState({ [SLOT]: { ...record, ...(create && { create }) } });

    expect(stepOf(attached({ node: { ...WITHOUT_LABELS, createdAt }, state }))).toEqual(LET_GO);
  });

  it('gets nothing new for being young', () => {
    const node = { ...WITHOUT_LABELS, createdAt: registered(1) };

    expect(planInstance(anObservation({ node })).slots).toEqual([]);
  });
});

describe('two Nodes of one instance', () => {
  const rivals = [aNode({ name: 'b', labels: {} }), aNode({ name: 'a' })];
  const told = 'a and b both name i-0123456789abcdef0 in their providerID.';

  it('take nothing away, and it is reported', () => {
    const observed = without(attached({ rivals }), 'node');

    expect(stepOf(observed)).toEqual({ ...KEPT, reason: 'NodeAmbiguous' });
    expect(planInstance(observed).slots[0]?.report?.message).toContain(told);
  });

  it('get nothing, and the NodeENI that selects one of them tells why', () => {
    const plan = planInstance(without(anObservation({ rivals }), 'node'));

    expect(plan.slots).toMatchObject([{ report: { phase: 'Failed', reason: 'NodeAmbiguous' } }]);
    expect(plan.slots[0]).not.toHaveProperty('action');
    expect(plan.areLabelsKnown).toBe(false);
  });

  it('are no matter of a NodeENI that selects none of them', () => {
    const others = rivals.map((node) => ({ ...node, labels: {} }));

    expect(planInstance(without(anObservation({ rivals: others }), 'node')).slots).toEqual([]);
  });
});
