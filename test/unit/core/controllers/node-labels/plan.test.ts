import { describe, expect, it } from 'vitest';
import { planLabels } from '#core/controllers/node-labels/plan.ts';
import type { NodeEniPresence } from '#core/readiness.ts';
import { aNode } from '#test/support/builders.ts';

const DATA = 'nodeeni.networking.k8s.aws/data';
const NOW = new Date('2026-11-01T12:00:00Z');
const secondsAgo = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);

const presence = (changes: Partial<NodeEniPresence> = {}): NodeEniPresence => ({
  isReported: true,
  ready: [],
  unknown: [],
  ...changes,
});

const planFor = (labels: Readonly<Record<string, string>>, changes: Partial<NodeEniPresence>) =>
  planLabels(aNode({ labels, readySince: secondsAgo(600) }), presence(changes), NOW);

describe('planLabels', () => {
  it('labels a node with each NodeENI that is ready on it', () => {
    expect(planFor({ ng: 'a' }, { ready: ['data', 'voice'] })).toEqual({
      changes: { [DATA]: 'ready', 'nodeeni.networking.k8s.aws/voice': 'ready' },
    });
  });

  it('takes the label of one off that is not ready, or not asked for any more', () => {
    expect(planFor({ ng: 'a', [DATA]: 'ready' }, {})).toEqual({ changes: { [DATA]: null } });
  });

  it('changes nothing where the labels say what is so', () => {
    expect(planFor({ [DATA]: 'ready' }, { ready: ['data'] })).toEqual({ changes: {} });
  });

  it.each([[{ [DATA]: 'ready' }], [{}]])(
    'leaves the labels %j of one of which nobody can tell',
    (labels) => {
      expect(planFor(labels, { unknown: ['data'] })).toEqual({ changes: {} });
    },
  );

  it('leaves a label of somebody else alone', () => {
    const labels = { [DATA]: 'mine', 'example.com/data': 'ready', data: 'ready' };

    expect(planFor(labels, {})).toEqual({ changes: {} });
  });

  it('has no label for a name that is too long for one', () => {
    expect(planFor({}, { ready: ['x'.repeat(64)] })).toEqual({ changes: {} });
  });

  it.each([
    [90, 30],
    [89, 60],
    [61, 60],
    [1, 120],
  ])(
    'looks %i seconds after a node was ready at the half minute by which an agent would have reported',
    (age, requeueAfterSeconds) => {
      const node = aNode({ labels: {}, readySince: secondsAgo(age) });

      expect(planLabels(node, presence({ isReported: false, ready: ['data'] }), NOW)).toEqual({
        changes: {},
        requeueAfterSeconds,
      });
    },
  );

  it('waits for no agent on a node that has none', () => {
    const node = aNode({ labels: {}, readySince: secondsAgo(120) });

    expect(planLabels(node, presence({ isReported: false, ready: ['data'] }), NOW)).toEqual({
      changes: { [DATA]: 'ready' },
    });
  });

  it.each([
    ['waits for a node that registered a moment ago and is not ready yet', 30, 90],
    ['leaves a node that is not ready, long after it registered, to the sweep', 120, undefined],
  ])('%s', (_title, age, requeueAfterSeconds) => {
    const { readySince: _, ...node } = aNode({ labels: {}, createdAt: secondsAgo(age) });

    expect(planLabels(node, presence({ isReported: false, ready: ['data'] }), NOW)).toEqual({
      changes: {},
      ...(requeueAfterSeconds !== undefined && { requeueAfterSeconds }),
    });
  });

  it('takes a label off at once all the same', () => {
    const node = aNode({ labels: { [DATA]: 'ready' }, readySince: secondsAgo(1) });

    expect(planLabels(node, presence({ isReported: false }), NOW)).toEqual({
      changes: { [DATA]: null },
    });
  });
});
