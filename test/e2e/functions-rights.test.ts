import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { connectAsOnEks } from './eks.ts';
import { createFunctionsUser } from './functions-user.ts';
import {
  expectStatus,
  type InstalledCluster,
  nodeEniNamed,
  nodeNamed,
  startInstalledCluster,
} from './installed-cluster.ts';
import { NODE_ENIS_PATH, NODES_PATH } from './kube-client.ts';

const WEBHOOKS_PATH = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
/** A finalizer of somebody else. */
const KEPT = 'example.com/kept';
const HELD = { key: 'example.com/held', effect: 'NoSchedule' };
/** The API server puts it on every node that it has not seen ready ("Taint Nodes by Condition"). */
const UNSEEN = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

let cluster: InstalledCluster;

beforeAll(async () => {
  cluster = await startInstalledCluster();
});

afterAll(() => cluster?.stop());

describe('the functions, as members of their group', () => {
  it('lead a NodeENI through its life', async () => {
    const { ec2, operator, complaints, network, runInstance, workUntil } = createFunctionsUser(
      connectAsOnEks(cluster.kube),
    );
    const instanceId = runInstance();
    const { metadata, spec } = nodeNamed('served', instanceId);
    const taints = [{ key: NOT_READY_TAINT, effect: 'NoSchedule' }, HELD];
    const life = { nodeEni: 'life', instanceId };
    const path = `${NODE_ENIS_PATH}/life`;
    const served = { ...metadata, labels: { ng: 'served' } };
    await cluster.admin.call('POST', NODES_PATH, { metadata: served, spec: { ...spec, taints } });
    const { subnetId: subnetID, groupId } = network;
    const wanted = { nodeSelector: { ng: 'served' }, subnetID, securityGroupIDs: [groupId] };
    await cluster.admin.call('POST', NODE_ENIS_PATH, nodeEniNamed('life', wanted));

    await workUntil(
      life,
      async () => (await cluster.admin.nodeEni('life'))?.status?.summary === '1/1',
    );
    const ready = await cluster.admin.nodeEni('life');
    const { body: node } = await cluster.admin.call('GET', `${NODES_PATH}/served`);
    await cluster.admin.call('DELETE', path);
    await workUntil(life, async () => (await cluster.admin.nodeEni('life')) === undefined);
    await operator.sweep.run({ isDryRun: false });
    ec2.fleet.terminateInstance(instanceId);
    await workUntil(life, async () => (await cluster.admin.states()).length === 0);

    expect(complaints()).toEqual([]);
    expect(ready?.status?.attachments).toHaveLength(1);
    expect(node).toMatchObject({ spec: { taints: [HELD, UNSEEN] } });
    expect(await cluster.admin.nodeEni('life')).toBeUndefined();
    expect(await cluster.admin.states()).toEqual([]);
    await cluster.admin.call('DELETE', `${NODES_PATH}/served`);
  });

  it.each([
    ['read secrets', 'GET', '/api/v1/secrets', undefined],
    ['read pods', 'GET', '/api/v1/pods', undefined],
    ['delete a node', 'DELETE', `${NODES_PATH}/steady`, undefined],
    ['make a NodeENI', 'POST', NODE_ENIS_PATH, nodeEniNamed('own')],
    ['delete a NodeENI', 'DELETE', `${NODE_ENIS_PATH}/any`, undefined],
    ['read another namespace', 'GET', '/api/v1/namespaces/default', undefined],
    ['write events elsewhere', 'POST', '/api/v1/namespaces/kube-system/events', {}],
    ['take a lease', 'POST', '/apis/coordination.k8s.io/v1/namespaces/default/leases', {}],
    ['change the webhook', 'GET', WEBHOOKS_PATH, undefined],
  ] as const)('may not %s', async (_what, method, path, body) => {
    await expectStatus(cluster.functions.call(method, path, body), 403);
  });

  it.each([
    ['a label', { metadata: { labels: { ng: 'mine' } } }, 'puts no label on but'],
    [
      'the value of our label',
      { metadata: { labels: { 'nodeeni.networking.k8s.aws/data': 'soon' } } },
      'puts no label on but',
    ],
    ["another's label", { metadata: { labels: { zone: null } } }, 'takes no label off but'],
    [
      'an annotation',
      { metadata: { annotations: { a: 'b' } } },
      'nothing of a node but its taints',
    ],
    ['scheduling', { spec: { unschedulable: false } }, 'nothing of a node but its taints'],
    ["another's taint", { spec: { taints: null } }, 'takes no taint off but'],
    [
      'a new taint',
      { spec: { taints: [HELD, UNSEEN, { key: 'x', effect: 'NoExecute' }] } },
      'puts no taint',
    ],
  ])('may not change %s of a node', async (_what, change, message) => {
    const path = `${NODES_PATH}/held`;
    const { metadata } = nodeNamed('held', 'i-0000000000000004');
    const spec = { unschedulable: true, taints: [HELD] };
    const labelled = { ...metadata, labels: { zone: 'a' } };
    await cluster.admin.call('POST', NODES_PATH, { metadata: labelled, spec });

    const { status, body } = await cluster.functions.call('PATCH', path, change);

    expect({ status, body }).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining(message) },
    });
    await cluster.admin.call('DELETE', path);
  });

  it.each([
    ['the subnet', { spec: { subnetID: 'subnet-2' } }, 'its finalizer and its status'],
    ['the pause', { spec: { paused: true } }, 'its finalizer and its status'],
    ['a label', { metadata: { labels: { ng: 'mine' } } }, 'its finalizer and its status'],
    ['an annotation', { metadata: { annotations: { a: 'b' } } }, 'its finalizer and its status'],
    ["another's finalizer", { metadata: { finalizers: [] } }, 'no finalizer but'],
    [
      'a new finalizer of another name',
      { metadata: { finalizers: [KEPT, 'example.com/new'] } },
      'no finalizer but',
    ],
  ])('may not change %s of a NodeENI', async (_what, change, message) => {
    const path = `${NODE_ENIS_PATH}/kept`;
    const { metadata, ...rest } = nodeEniNamed('kept');
    const kept = { ...rest, metadata: { ...metadata, finalizers: [KEPT] } };
    await expectStatus(cluster.admin.call('POST', NODE_ENIS_PATH, kept), 201);

    const { status, body } = await cluster.functions.call('PATCH', path, change);

    expect({ status, body }).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining(message) },
    });
    await cluster.admin.call('PATCH', path, { metadata: { finalizers: null } });
    await cluster.admin.call('DELETE', path);
  });

  it('change no spec by the door of the status', async () => {
    const path = `${NODE_ENIS_PATH}/by-status`;
    await expectStatus(cluster.admin.call('POST', NODE_ENIS_PATH, nodeEniNamed('by-status')), 201);
    const change = { spec: { subnetID: 'subnet-2' }, metadata: { labels: { ng: 'mine' } } };

    await expectStatus(cluster.functions.call('PATCH', `${path}/status`, change), 200);

    const stored = await cluster.admin.nodeEni('by-status');
    expect(stored?.spec).toMatchObject({ subnetID: 'subnet-1' });
    expect(stored?.metadata).not.toHaveProperty('labels');
    await cluster.admin.call('DELETE', path);
  });
});
