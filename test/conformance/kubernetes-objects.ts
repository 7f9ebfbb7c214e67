import { describe, expect } from 'vitest';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { EVENTS, NAMESPACES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import {
  createNode,
  createNodeEni,
  expectFailure,
  NODE_ENI_SPEC,
  NODE_ENI_TYPE,
  type Rules,
  uniqueName,
} from './kubernetes-subject.ts';

const describeCreation = ({ api, rule }: Rules): void => {
  rule('gives a new object its uid, resourceVersion and creation time', async () => {
    const { metadata } = await createNodeEni(api());

    expect(metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(metadata.resourceVersion).toMatch(/^\d+$/);
    expect(metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  rule('returns what was created', async () => {
    const created = await createNodeEni(api());

    const read = await api().get(NODE_ENIS, created.metadata.name);

    expect(read).toMatchObject({
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'NodeENI',
      metadata: { uid: created.metadata.uid },
      spec: NODE_ENI_SPEC,
    });
  });

  rule('refuses a second object of the same name', async () => {
    const { metadata } = await createNodeEni(api());
    const { name } = metadata;

    const second = createNodeEni(api(), NODE_ENI_SPEC, { name: metadata.name });

    await expectFailure(second, 'Conflict', `nodeenis.networking.k8s.aws "${name}" already exists`);
  });

  rule('refuses a name that is no DNS subdomain', async () => {
    const call = createNodeEni(api(), NODE_ENI_SPEC, { name: 'Not_A_Name' });

    await expectFailure(
      call,
      'Invalid',
      'NodeENI.networking.k8s.aws "Not_A_Name" is invalid: metadata.name: ',
      'RFC 1123',
    );
  });

  rule('drops the status of a created custom resource and keeps that of a Node', async () => {
    const nodeEni = await api().create(NODE_ENIS, {
      ...NODE_ENI_TYPE,
      metadata: { name: uniqueName('eni') },
      spec: NODE_ENI_SPEC,
      status: { matchedNodes: 7 },
    });
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }];
    const node = await createNode(api(), {}, { status: { conditions } });

    expect(nodeEni.status).toBeUndefined();
    expect(node.status).toMatchObject({ conditions });
  });

  rule('taints a new Node until it is ready', async () => {
    const { spec } = await createNode(api(), {}, { spec: { providerID: 'aws:///a/i-1' } });

    expect(spec).toMatchObject({
      taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
    });
  });

  rule('wants the type of a custom resource, and knows that of a Node', async () => {
    const metadata = { name: uniqueName('untyped') };

    const untyped = () => api().create(NODE_ENIS, { metadata, spec: NODE_ENI_SPEC });
    const mistyped = () =>
      api().create(NODE_ENIS, { ...NODE_ENI_TYPE, kind: 'NodeENIState', metadata });

    await expectFailure(untyped(), 'Invalid', "Object 'Kind' is missing");
    await expectFailure(mistyped(), 'Invalid');
    await expect(api().create(NODES, { metadata })).resolves.toMatchObject({ kind: 'Node' });
  });

  rule('refuses a new object that carries a resourceVersion', async () => {
    const call = createNodeEni(api(), NODE_ENI_SPEC, { resourceVersion: '1' });

    await expect(call).rejects.toThrow('resourceVersion should not be set');
  });

  rule('keeps the objects of a namespace under it and knows no other namespace', async () => {
    const event = (namespace: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: uniqueName('event'), namespace },
      involvedObject: { kind: 'NodeENI', name: 'some', namespace },
      reason: 'Attached',
      message: 'attached',
      type: 'Normal',
    });
    const { metadata } = await api().create(EVENTS, event('default'));

    const read = await api().get(EVENTS, metadata.name, 'default');

    expect(read.reason).toBe('Attached');
    await expectFailure(api().get(EVENTS, metadata.name, 'kube-system'), 'NotFound');
    await expectFailure(api().create(EVENTS, event('nowhere')), 'NotFound', 'nowhere');
  });

  rule('has a kube-system namespace with a uid', async () => {
    const { metadata } = await api().get(NAMESPACES, 'kube-system');

    expect(metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
  });
};

const describeDeletion = ({ api, rule }: Rules): void => {
  rule('answers NotFound for an object that is not there', async () => {
    const name = uniqueName('absent');

    await expectFailure(api().get(NODE_ENIS, name), 'NotFound', `"${name}" not found`);
    await expectFailure(api().get(NODES, name), 'NotFound', `nodes "${name}" not found`);
    await expectFailure(api().delete(NODE_ENIS, name), 'NotFound');
    await expectFailure(
      api().patch(NODE_ENIS, name, { type: 'merge', body: { spec: { mtu: 9001 } } }),
      'NotFound',
    );
  });

  rule('removes an object without finalizers at once', async () => {
    const { metadata } = await createNode(api());

    await api().delete(NODES, metadata.name);

    await expectFailure(api().get(NODES, metadata.name), 'NotFound');
  });

  rule('keeps an object with a finalizer, marked and with the next generation', async () => {
    const { metadata } = await createNodeEni(api(), NODE_ENI_SPEC, {
      finalizers: ['example.com/a'],
    });

    await api().delete(NODE_ENIS, metadata.name);

    const marked = await api().get(NODE_ENIS, metadata.name);
    expect(marked.metadata.deletionTimestamp).toMatch(/Z$/);
    expect(marked.metadata.generation).toBe(2);
  });

  rule('takes a second delete of a marked object as done', async () => {
    const { metadata } = await createNodeEni(api(), NODE_ENI_SPEC, {
      finalizers: ['example.com/a'],
    });
    await api().delete(NODE_ENIS, metadata.name);
    const marked = await api().get(NODE_ENIS, metadata.name);

    await api().delete(NODE_ENIS, metadata.name);

    expect(await api().get(NODE_ENIS, metadata.name)).toEqual(marked);
  });

  rule('removes a marked object with its last finalizer', async () => {
    const finalizers = ['example.com/a', 'example.com/b'];
    const { metadata } = await createNodeEni(api(), NODE_ENI_SPEC, { finalizers });
    const keep = (left: readonly string[]) =>
      api().patch(NODE_ENIS, metadata.name, {
        type: 'merge',
        body: { metadata: { finalizers: left } },
      });
    await api().delete(NODE_ENIS, metadata.name);

    await keep(['example.com/b']);
    const stillThere = await api().get(NODE_ENIS, metadata.name);
    const last = await keep([]);

    expect(stillThere.metadata.finalizers).toEqual(['example.com/b']);
    expect(last.metadata.finalizers).toBeUndefined();
    await expectFailure(api().get(NODE_ENIS, metadata.name), 'NotFound');
  });

  rule('refuses the name of a marked object, and new finalizers for it', async () => {
    const { metadata } = await createNodeEni(api(), NODE_ENI_SPEC, {
      finalizers: ['example.com/a'],
    });
    await api().delete(NODE_ENIS, metadata.name);

    const again = () => createNodeEni(api(), NODE_ENI_SPEC, { name: metadata.name });
    const addFinalizer = () =>
      api().patch(NODE_ENIS, metadata.name, {
        type: 'merge',
        body: { metadata: { finalizers: ['example.com/a', 'example.com/new'] } },
      });

    await expectFailure(again(), 'Conflict', 'object is being deleted: ', 'already exists');
    await expectFailure(addFinalizer(), 'Invalid', 'metadata.finalizers', 'no new finalizers');
  });
};

/** Creating, reading and deleting. */
export const describeObjects = (rules: Rules): void => {
  describe('objects', () => describeCreation(rules));
  describe('deletion', () => describeDeletion(rules));
};
