import { describe, expect } from 'vitest';
import type { KubernetesObject, Patch } from '#providers/kubernetes/kubernetes-api.ts';
import { EVENTS, NODE_ENI_STATES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import {
  createNode,
  createNodeEni,
  expectFailure,
  NODE_ENI_SPEC,
  NODE_ENI_STATE_TYPE,
  type Rules,
  uniqueName,
} from './kubernetes-subject.ts';

const STATUS = { subresource: 'status' } as const;

const merge = (body: object): Patch => ({ type: 'merge', body });

const describeMergePatch = ({ api, rule }: Rules): void => {
  const patchNodeEni = ({ metadata }: KubernetesObject, body: object) =>
    api().patch(NODE_ENIS, metadata.name, merge(body));

  rule('merges objects and deletes a field by null', async () => {
    const nodeEni = await createNodeEni(api(), { ...NODE_ENI_SPEC, mtu: 9001 });

    const patched = await patchNodeEni(nodeEni, {
      spec: { mtu: null, nodeSelector: { zone: 'a' } },
    });

    expect(patched.spec).toMatchObject({ nodeSelector: { ng: 'multi-eni', zone: 'a' } });
    expect(patched.spec).not.toHaveProperty('mtu');
  });

  rule('replaces a list whole', async () => {
    const nodeEni = await createNodeEni(api(), {
      ...NODE_ENI_SPEC,
      subnetIDs: ['subnet-a', 'subnet-b'],
    });

    const patched = await patchNodeEni(nodeEni, { spec: { subnetIDs: ['subnet-c'] } });

    expect(patched.spec).toMatchObject({ subnetIDs: ['subnet-c'] });
  });

  rule('keeps the resourceVersion of an object that a patch does not change', async () => {
    const nodeEni = await createNodeEni(api());

    const patched = await patchNodeEni(nodeEni, { spec: { subnetID: 'subnet-1' } });

    expect(patched.metadata.resourceVersion).toBe(nodeEni.metadata.resourceVersion);
  });

  rule('refuses a patch that carries an old resourceVersion, of the status too', async () => {
    const nodeEni = await createNodeEni(api());
    const { resourceVersion, name } = nodeEni.metadata;
    await patchNodeEni(nodeEni, { metadata: { labels: { changed: 'yes' } } });

    const late = { metadata: { resourceVersion } };

    await expectFailure(patchNodeEni(nodeEni, { ...late, spec: { mtu: 9001 } }), 'Conflict');
    await expectFailure(
      api().patch(NODE_ENIS, name, merge({ ...late, status: { matchedNodes: 1 } }), STATUS),
      'Conflict',
    );
  });

  rule('takes a patch that carries the current resourceVersion', async () => {
    const nodeEni = await createNodeEni(api());
    const { resourceVersion } = nodeEni.metadata;

    const patched = await patchNodeEni(nodeEni, {
      metadata: { resourceVersion },
      spec: { mtu: 9001 },
    });

    expect(patched.spec).toMatchObject({ mtu: 9001 });
  });

  rule('refuses to change a uid', async () => {
    const nodeEni = await createNodeEni(api());

    const call = patchNodeEni(nodeEni, {
      metadata: { uid: '11111111-1111-4111-8111-111111111111' },
    });

    await expectFailure(call, 'Invalid', 'metadata.uid: ', 'field is immutable');
  });

  rule('counts changes of spec in the generation, and no others', async () => {
    const nodeEni = await createNodeEni(api());
    const { name } = nodeEni.metadata;

    const labelled = await patchNodeEni(nodeEni, { metadata: { labels: { a: 'b' } } });
    const reported = await api().patch(
      NODE_ENIS,
      name,
      merge({ status: { matchedNodes: 1 } }),
      STATUS,
    );
    const changed = await patchNodeEni(nodeEni, { spec: { mtu: 9001 } });

    const generations = [nodeEni, labelled, reported, changed].map(
      ({ metadata }) => metadata.generation,
    );
    expect(generations).toEqual([1, 1, 1, 2]);
  });
};

const describeStatus = ({ api, rule }: Rules): void => {
  const both = (body: object) => merge({ ...body, metadata: { labels: { written: 'yes' } } });
  const specAndStatus = (matchedNodes: number) =>
    both({ spec: { mtu: 9001 }, status: { matchedNodes } });

  rule('writes either the spec or the status of a custom resource', async () => {
    const { metadata } = await createNodeEni(api());

    const status = await api().patch(NODE_ENIS, metadata.name, specAndStatus(5), STATUS);
    const main = await api().patch(NODE_ENIS, metadata.name, specAndStatus(6));

    expect(status).toMatchObject({ status: { matchedNodes: 5 } });
    expect(status.spec).not.toHaveProperty('mtu');
    expect(status.metadata.labels).toBeUndefined();

    expect(main).toMatchObject({
      metadata: { labels: { written: 'yes' } },
      spec: { mtu: 9001 },
      status: { matchedNodes: 5 },
    });
  });

  rule('separates the status of a NodeENIState too', async () => {
    const name = uniqueName('i');
    await api().create(NODE_ENI_STATES, {
      ...NODE_ENI_STATE_TYPE,
      metadata: { name },
      spec: { nodeName: 'a' },
    });
    const reason = { phase: 'Pending', reason: 'Creating', message: '', since: 'now' };

    const status = await api().patch(
      NODE_ENI_STATES,
      name,
      merge({ spec: { nodeName: 'b' }, status: { interfaces: { 'x/subnet-1': reason } } }),
      STATUS,
    );

    expect(status).toMatchObject({
      spec: { nodeName: 'a' },
      status: { interfaces: { 'x/subnet-1': reason } },
    });
  });

  rule('has no status of an Event', async () => {
    const metadata = { name: uniqueName('event'), namespace: 'default' };
    const involvedObject = { kind: 'NodeENI', name: 'some', namespace: 'default' };
    await api().create(EVENTS, { apiVersion: 'v1', kind: 'Event', metadata, involvedObject });

    const call = api().patch(EVENTS, metadata.name, merge({ status: {} }), {
      ...STATUS,
      namespace: 'default',
    });

    await expectFailure(call, 'NotFound');
  });

  rule('lets labels of a Node be changed through its status, but not its spec', async () => {
    const { metadata } = await createNode(api(), {}, { spec: { providerID: 'aws:///a/i-1' } });
    const body = both({ spec: { providerID: 'aws:///a/i-2' }, status: { nodeInfo: undefined } });

    const node = await api().patch(NODES, metadata.name, body, STATUS);

    expect(node).toMatchObject({
      metadata: { labels: { written: 'yes' } },
      spec: { providerID: 'aws:///a/i-1' },
    });
  });
};

const describeJsonPatch = ({ api, rule }: Rules): void => {
  const taint = (key: string) => ({ key, effect: 'NoSchedule' });
  // The server adds a taint of its own to a new Node.
  const otherTaints = ({ spec }: KubernetesObject) => {
    const { taints = [] }: { taints?: readonly { key: string }[] } = Object(spec);
    return taints.map(({ key }) => key).filter((key) => key.startsWith('example.com/'));
  };

  rule('applies a JSON patch whose test holds', async () => {
    const spec = { taints: [taint('example.com/a'), taint('example.com/b')] };
    const { metadata } = await createNode(api(), {}, { spec });

    const node = await api().patch(NODES, metadata.name, {
      type: 'json',
      body: [
        { op: 'test', path: '/spec/taints/0/key', value: 'example.com/a' },
        { op: 'remove', path: '/spec/taints/0' },
        { op: 'add', path: '/metadata/labels', value: { 'example.com/x': 'y' } },
        { op: 'replace', path: '/metadata/labels/example.com~1x', value: 'z' },
      ],
    });

    expect(node.metadata.labels).toEqual({ 'example.com/x': 'z' });
    expect(otherTaints(node)).toEqual(['example.com/b']);
  });

  rule('refuses a JSON patch whose test fails, and changes nothing', async () => {
    const { metadata } = await createNode(
      api(),
      {},
      { spec: { taints: [taint('example.com/a')] } },
    );

    const call = api().patch(NODES, metadata.name, {
      type: 'json',
      body: [
        { op: 'remove', path: '/spec/taints' },
        { op: 'test', path: '/metadata/name', value: 'somebody-else' },
      ],
    });

    await expectFailure(call, 'Invalid');
    const node = await api().get(NODES, metadata.name);
    expect(otherTaints(node)).toEqual(['example.com/a']);
  });

  rule('takes a missing field for null in a test', async () => {
    const { metadata } = await createNode(api());
    const test = (value: unknown) =>
      api().patch(NODES, metadata.name, {
        type: 'json',
        body: [{ op: 'test', path: '/metadata/deletionTimestamp', value }],
      });

    await expect(test(null)).resolves.toMatchObject({ metadata: { name: metadata.name } });
    await expectFailure(test('2026-01-01T00:00:00Z'), 'Invalid');
  });

  rule('refuses a JSON patch of a place that is not there', async () => {
    const { metadata } = await createNode(api());
    const patch = (op: 'remove' | 'replace' | 'add', path: string) =>
      api().patch(NODES, metadata.name, { type: 'json', body: [{ op, path, value: 'x' }] });

    await expectFailure(patch('remove', '/metadata/annotations/none'), 'Invalid');
    await expectFailure(patch('replace', '/metadata/labels/none'), 'Invalid');
    await expectFailure(patch('add', '/metadata/annotations/none/deeper'), 'Invalid');
  });
};

/** Both kinds of patch, and what each endpoint may change. */
export const describePatches = (rules: Rules): void => {
  describe('merge patch', () => describeMergePatch(rules));
  describe('status subresource', () => describeStatus(rules));
  describe('JSON patch', () => describeJsonPatch(rules));
};
