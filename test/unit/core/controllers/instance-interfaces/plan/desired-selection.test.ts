import { describe, expect, it } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { desiredInterfacesFor } from '#core/controllers/instance-interfaces/plan/desired.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  ago,
  aNode,
  aNodeEni,
  anObservation,
  aRecord,
  aState,
  without,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const SELECTED = { ng: 'multi-eni' };

const readyFor = (seconds: number) => aNode({ labels: {}, readySince: new Date(ago(seconds)) });

const unready = () => {
  const { readySince: _, ...node } = aNode({ labels: {} });
  return node;
};

/** What becomes of one NodeENI: whether it wants its slot, and whether what it has is held. */
const verdict = (observed: Observed) => {
  const { wanted, held } = desiredInterfacesFor(observed);
  return { isWanted: wanted.some(({ slot }) => slot === SLOT), isHeld: held.has('data') };
};

const BUILD = { isWanted: true, isHeld: false };
const HOLD = { isWanted: false, isHeld: true };
const TAKE_AWAY = { isWanted: false, isHeld: false };

describe('desiredInterfacesFor, by the labels of the Node', () => {
  it.each([
    { name: 'the Node carries the label', node: aNode(), predicted: undefined, becomes: BUILD },
    { name: 'only the Node carries it', node: aNode(), predicted: {}, becomes: BUILD },
    { name: 'nobody carries it', node: unready(), predicted: {}, becomes: TAKE_AWAY },
    { name: 'nothing was predicted', node: unready(), predicted: undefined, becomes: TAKE_AWAY },
    { name: 'the Node is not Ready', node: unready(), predicted: SELECTED, becomes: HOLD },
    { name: 'it is just Ready', node: readyFor(599), predicted: SELECTED, becomes: HOLD },
    { name: 'it has settled', node: readyFor(600), predicted: SELECTED, becomes: TAKE_AWAY },
  ])('decides when $name', ({ node, predicted, becomes }) => {
    const observed = anObservation({ node, ...(predicted && { predictedLabels: predicted }) });

    expect(verdict(observed)).toEqual(becomes);
    expect(desiredInterfacesFor(observed).areLabelsKnown).toBe(true);
  });

  it.each([
    { name: 'the label is predicted', predicted: SELECTED, becomes: BUILD, areLabelsKnown: true },
    {
      name: 'another value is predicted',
      predicted: { ng: 'other' },
      becomes: HOLD,
      areLabelsKnown: true,
    },
    {
      name: 'another label is predicted',
      predicted: { team: 'payments' },
      becomes: HOLD,
      areLabelsKnown: false,
    },
    { name: 'nothing is', predicted: undefined, becomes: HOLD, areLabelsKnown: false },
  ])('decides without a Node when $name', ({ predicted, becomes, areLabelsKnown }) => {
    const observed = without(
      anObservation(predicted === undefined ? {} : { predictedLabels: predicted }),
      'node',
    );

    expect(verdict(observed)).toEqual(becomes);
    expect(desiredInterfacesFor(observed).areLabelsKnown).toBe(areLabelsKnown);
  });

  it.each(['node.cloudprovider.kubernetes.io/uninitialized', 'karpenter.sh/unregistered'])(
    'takes the labels of a Node for a part of them while it carries the taint %s',
    (key) => {
      const taints = [{ key, effect: 'NoSchedule' }];
      const zonal = aNodeEni({ nodeSelector: { ...SELECTED, zone: 'a' } });
      const other = aNodeEni({ nodeSelector: { ng: 'other', zone: 'a' } });
      const notInB = aNodeEni({
        nodeSelector: SELECTED,
        selector: { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['b'] }] },
      });
      const known = [zonal, other, notInB].map((nodeEni) => {
        const observed = anObservation({ nodeEnis: [nodeEni], node: aNode({ taints }) });
        return {
          ...verdict(observed),
          areLabelsKnown: desiredInterfacesFor(observed).areLabelsKnown,
        };
      });

      expect(known).toEqual([
        { ...HOLD, areLabelsKnown: false },
        { ...HOLD, areLabelsKnown: true },
        { ...HOLD, areLabelsKnown: false },
      ]);
      expect(verdict(anObservation({ node: aNode({ taints }) }))).toEqual(BUILD);
    },
  );

  it('builds nothing for the absence of a label that a promise only does not speak of', () => {
    const selector = { matchExpressions: [{ key: 'spot', operator: 'DoesNotExist' as const }] };
    const nodeEnis = [aNodeEni({ selector })];
    const observed = without(anObservation({ nodeEnis, predictedLabels: SELECTED }), 'node');

    expect(verdict(observed)).toEqual(HOLD);
    expect(desiredInterfacesFor(observed).areLabelsKnown).toBe(false);
  });

  it('does not wait for the labels that a paused NodeENI, or one in deletion, selects by', () => {
    const nodeEnis = [
      aNodeEni({ paused: true }, { name: 'paused' }),
      aNodeEni({}, { name: 'leaving', deletionTimestamp: ago(5) }),
    ];

    expect(desiredInterfacesFor(without(anObservation({ nodeEnis }), 'node')).areLabelsKnown).toBe(
      true,
    );
  });

  it.each([
    { name: 'its record', records: { [SLOT]: aRecord() }, isWanted: true },
    { name: 'no record', records: {}, isWanted: false },
    { name: 'no record of any slot', records: undefined, isWanted: false },
    {
      name: 'the record of another slot',
      records: { 'data/subnet-b': aRecord() },
      isWanted: false,
    },
    {
      name: 'a record in release',
      records: { [SLOT]: aRecord({ phase: 'Releasing' }) },
      isWanted: false,
    },
    {
      name: 'the record of an earlier NodeENI',
      records: { [SLOT]: aRecord({ nodeEniUid: 'uid-0' }) },
      isWanted: false,
    },
  ] as { name: string; records?: Record<string, SlotSpec>; isWanted: boolean }[])(
    'keeps a slot up while nobody knows: $isWanted with $name',
    ({ records, isWanted }) => {
      const spec = { ...(records && { interfaces: records }) };
      const observed = without(anObservation({ state: { ...aState(), spec } }), 'node');

      expect(verdict(observed)).toEqual({ isWanted, isHeld: true });
    },
  );

  it('tells no fault of what was never built while nobody knows', () => {
    const observed = without(anObservation({ subnets: [] }), 'node');

    expect(desiredInterfacesFor(observed).refused).toEqual([]);
  });
});

describe('desiredInterfacesFor, by the state of the NodeENI', () => {
  const desiredInterfaces = (observed: Partial<Observed>) =>
    desiredInterfacesFor(anObservation(observed));
  const unaccepted = aNodeEni({}, { finalizers: ['another/finalizer'] });

  it('asks nothing for one that is being deleted, and holds nothing of it', () => {
    const nodeEnis = [aNodeEni({}, { deletionTimestamp: ago(5) })];

    expect(desiredInterfaces({ nodeEnis })).toMatchObject({
      wanted: [],
      refused: [],
      unaccepted: [],
    });
    expect(desiredInterfaces({ nodeEnis }).held.size).toBe(0);
  });

  it('holds what cannot be read', () => {
    expect(desiredInterfaces({ nodeEnis: [], invalidNodeEnis: [{ name: 'broken' }] }).held).toEqual(
      new Set(['broken']),
    );
  });

  it('builds nothing for one that is not accepted yet, and says so', () => {
    expect(desiredInterfaces({ nodeEnis: [unaccepted] })).toMatchObject({
      wanted: [],
      held: new Set(['data']),
      unaccepted: ['data'],
    });
    const { finalizers: _, ...metadata } = unaccepted.metadata;
    expect(desiredInterfaces({ nodeEnis: [{ ...unaccepted, metadata }] }).unaccepted).toEqual([
      'data',
    ]);
  });

  it.each([
    { name: 'one that is accepted', nodeEni: aNodeEni(), observed: {} },
    {
      name: 'a paused one',
      nodeEni: aNodeEni({ paused: true }, { finalizers: [] }),
      observed: {},
    },
    {
      name: 'one that selects another node',
      nodeEni: unaccepted,
      observed: { node: aNode({ labels: {} }) },
    },
    {
      name: 'one of which nobody knows',
      nodeEni: unaccepted,
      observed: { node: readyFor(1), predictedLabels: SELECTED },
    },
  ])('waits for no acceptance of $name', ({ nodeEni, observed }) => {
    expect(desiredInterfaces({ nodeEnis: [nodeEni], ...observed }).unaccepted).toEqual([]);
  });

  it('judges each by itself', () => {
    const voice = aNodeEni({}, { name: 'voice' });
    const video = aNodeEni({ nodeSelector: { ng: 'other' } }, { name: 'video' });

    const { wanted, held } = desiredInterfaces({ nodeEnis: [unaccepted, voice, video] });

    expect(wanted.map(({ slot }) => slot)).toEqual(['voice/subnet-a']);
    expect(held).toEqual(new Set(['data']));
  });
});
