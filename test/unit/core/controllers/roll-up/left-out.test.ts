import { describe, expect, it } from 'vitest';
import { leftOutOf } from '#core/controllers/roll-up/left-out.ts';
import { rowsOf } from '#core/controllers/roll-up/rows.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import { ago, aNode, aRecord, aState, INSTANCE_ID, NOW } from '#test/support/builders.ts';

const ROWS = rowsOf('data', [aState({ 'data/subnet-a': aRecord() })]);

const aNodeWithoutInstance = (node: Partial<ClusterNode> = {}): ClusterNode => {
  const { instanceId: _, ...rest } = aNode({ name: 'worker-7' });
  return { ...rest, ...node };
};

const leftOut = (node: ClusterNode, explanations = new Map()) =>
  leftOutOf([aNode(), node], ROWS, explanations, NOW);

describe('leftOutOf', () => {
  it('leaves nobody out of whose instance a row speaks', () => {
    expect(leftOut(aNode())).toEqual({ unserved: [], unseen: [] });
  });

  it.each<[string, Partial<ClusterNode>, string]>([
    ['a Node without a providerID', {}, 'no providerID'],
    ['a hybrid node', { providerId: 'eks-hybrid:///us-east-1/prod/mi-0' }, 'eks-hybrid:///'],
    ['a Node of before', { createdAt: new Date(ago(120)) }, 'no providerID'],
  ])('names %s', (_name, node, text) => {
    expect(leftOut(aNodeWithoutInstance(node)).unserved).toMatchObject([
      { nodeName: 'worker-7', reason: 'NoInstance', message: expect.stringContaining(text) },
    ]);
  });

  it('waits for the providerID of a Node that has just registered', () => {
    const node = aNodeWithoutInstance({ createdAt: new Date(ago(119)) });

    expect(leftOut(node)).toEqual({ unserved: [], unseen: ['worker-7'] });
  });

  it('tells why reconciles of an instance fail, once that is known', () => {
    const node = aNode({ name: 'other', instanceId: 'i-other' });
    const gone = { reason: 'InstanceEnded', message: 'It has ended.' };

    expect(leftOut(node)).toEqual({ unserved: [], unseen: ['other'] });
    expect(leftOut(node, new Map([['i-other', gone]]))).toEqual({
      unserved: [{ nodeName: 'other', ...gone }],
      unseen: [],
    });
    expect(leftOut(aNode(), new Map([[INSTANCE_ID, gone]])).unserved).toEqual([]);
  });
});
