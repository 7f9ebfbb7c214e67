import { describe, expect, it } from 'vitest';
import { WATCHED_KINDS, type WatchedKind, watchedPartOf } from '#core/events/watched-kinds.ts';
import {
  LEASES,
  NAMESPACES,
  NODE_ENI_STATES,
  NODE_ENIS,
  NODES,
} from '#providers/kubernetes/resources.ts';

const NODES_KIND = WATCHED_KINDS.find(({ plural }) => plural === 'nodes') as WatchedKind;

describe('WATCHED_KINDS', () => {
  it('names each kind as the API server does', () => {
    const resources = WATCHED_KINDS.map(({ group, version, kind, plural }) => ({
      ...{ group, version, kind, plural },
      isNamespaced: false,
    }));

    expect(resources).toEqual([NODE_ENIS, NODES, NODE_ENI_STATES, NAMESPACES]);
    expect(resources).not.toContainEqual(LEASES);
  });

  it.each(WATCHED_KINDS)('has only the status of $plural updated on its own', (watched) => {
    const { plural, resources, operations } = watched;

    for (const resource of resources) expect([plural, `${plural}/status`]).toContain(resource);
    // The status subresource knows no create and no delete.
    expect(operations.includes('CREATE')).toBe(resources.includes(plural));
    expect(operations.includes('DELETE')).toBe(resources.includes(plural));
  });
});

describe('watchedPartOf', () => {
  it('is each watched field, in the order of the table', () => {
    const node = {
      metadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
      spec: { providerID: 'aws:///us-east-1a/i-1', taints: [] },
      status: { nodeInfo: { bootID: 'boot' }, capacity: { pods: '110' }, conditions: [] },
    };

    expect(watchedPartOf(NODES_KIND, node)).toEqual([
      { a: 'b' },
      'aws:///us-east-1a/i-1',
      'boot',
      { pods: '110' },
      '',
    ]);
  });

  it.each([
    { metadata: {} },
    { metadata: { labels: {} } },
    { metadata: { labels: null }, spec: 'x' },
    undefined,
    null,
  ])('takes an absent field for an empty one, as the CEL of the webhook does: %o', (node) => {
    expect(watchedPartOf(NODES_KIND, node)).toEqual([{}, '', '', {}, '']);
  });
});
