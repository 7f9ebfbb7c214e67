import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiClient } from '#node-agent/kubernetes/api-client.ts';
import { createRecordOnNode } from '#node-agent/kubernetes/event-client.ts';
import { runCommand } from '../support/servers/run-command.ts';
import { createTemporaryFolder } from '../support/servers/temporary-folder.ts';
import {
  applyStrictly,
  expectStatus,
  type InstalledCluster,
  nodeNamed,
  printManifests,
  startInstalledCluster,
} from './installed-cluster.ts';
import { createKubeClient, type KubeClient, NODES_PATH, STATES_PATH } from './kube-client.ts';
import { eventually } from './outcomes.ts';

const OWN = { node: 'own', instanceId: 'i-0000000000000001' };
const OTHER = { node: 'other', instanceId: 'i-0000000000000002' };
const AGENTS_PATH = '/api/v1/namespaces/nodeeni-system';
const TOKEN_PATH = `${AGENTS_PATH}/serviceaccounts/nodeeni-agent/token`;
const PLUGINS_PATH = '/api/v1/namespaces/kube-system/pods';
const SLOT = 'data/subnet-1';
const HOST = { [SLOT]: { eniId: 'eni-1', generation: 1, configured: true } };

let cluster: InstalledCluster;
/** The agent of the node `own`, by a token as its kubelet gets it. */
let agent: KubeClient;
let agentToken: string;
/** The same account by a token that is bound to no node. */
let unbound: KubeClient;

const podOn = (name: string, nodeName: string, ownerKind = 'DaemonSet') => ({
  metadata: {
    name,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: ownerKind, name: 'owner', uid: 'uid-owner' }],
  },
  spec: {
    nodeName,
    serviceAccountName: 'nodeeni-agent',
    containers: [{ name: 'main', image: 'example.com/none' }],
  },
});

const tokenFor = async (boundObjectRef?: object): Promise<string> => {
  const { body } = await cluster.admin.call('POST', TOKEN_PATH, {
    spec: { audiences: [], ...(boundObjectRef && { boundObjectRef }) },
  });
  return (body as { readonly status: { readonly token: string } }).status.token;
};

const stateOf = ({ node, instanceId }: typeof OWN) => ({
  apiVersion: 'networking.k8s.aws/v1alpha1',
  kind: 'NodeENIState',
  metadata: { name: instanceId },
  spec: { nodeName: node },
});

const patchStatus = (client: KubeClient, { instanceId }: typeof OWN, status: object) =>
  client.call('PATCH', `${STATES_PATH}/${instanceId}/status`, { status });

const expectRefused = async (call: ReturnType<KubeClient['call']>, message: string) => {
  const { status, body } = await call;
  expect({ status, body }).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining(message) },
  });
};

beforeAll(async () => {
  cluster = await startInstalledCluster();
  const { kube, admin } = cluster;
  const printed = await printManifests('--agent');
  const { code, stderr } = await applyStrictly(kube, printed);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

  for (const place of [OWN, OTHER]) {
    await admin.call('POST', NODES_PATH, nodeNamed(place.node, place.instanceId));
    await expectStatus(admin.call('POST', STATES_PATH, stateOf(place)), 201);
  }
  await expectStatus(admin.call('POST', `${AGENTS_PATH}/pods`, podOn('agent', OWN.node)), 201);
  agentToken = await tokenFor({ apiVersion: 'v1', kind: 'Pod', name: 'agent' });
  agent = createKubeClient({ ...kube, adminToken: agentToken });
  unbound = createKubeClient({ ...kube, adminToken: await tokenFor() });
  // The API server takes a moment to use new policies.
  await eventually(() =>
    expectRefused(patchStatus(agent, OTHER, { host: HOST }), 'of its own node'),
  );
});

afterAll(async () => {
  agent?.close();
  unbound?.close();
  await cluster?.stop();
});

describe('what nodeeni manifests --agent prints', () => {
  it('applies again without a change', async () => {
    const { code, stdout } = await applyStrictly(cluster.kube, await printManifests('--agent'));

    expect(code).toBe(0);
    expect(stdout).toContain('daemonset.apps/nodeeni-agent unchanged');
    expect(stdout).not.toContain('configured');
  });
});

describe('the bundle in the ConfigMap', () => {
  it('runs on its own', async () => {
    const { kubectl } = cluster.kube;
    const args = ['get', 'configmap', '--namespace=nodeeni-system'];
    const chosen = '--selector=app.kubernetes.io/name=nodeeni';
    const { stdout } = await kubectl([
      ...args,
      chosen,
      '--output=jsonpath={.items[0].data.agent\\.mjs}',
    ]);
    const folder = createTemporaryFolder('bundle');
    const file = join(folder.path, 'agent.mjs');
    writeFileSync(file, stdout);

    const { code, stderr } = await runCommand(process.execPath, [file, 'agent', 'run']);
    await folder.remove();

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'there is no API server: give --server, or --desired with --once\n',
    });
  });
});

describe('an agent', () => {
  it('reads nodes and objects, and reports on its own host', async () => {
    await expectStatus(agent.call('GET', `${NODES_PATH}/${OWN.node}`), 200);
    await expectStatus(
      agent.call('GET', `${STATES_PATH}?fieldSelector=metadata.name%3D${OWN.instanceId}`),
      200,
    );

    await expectStatus(patchStatus(agent, OWN, { host: HOST }), 200);

    const states = await cluster.admin.states();
    expect(states.find(({ metadata }) => metadata.name === OWN.instanceId)?.status).toEqual({
      host: HOST,
    });
  });

  it('reports on no other host, nor on one of which the node is not known', async () => {
    const unknown = { node: '', instanceId: 'i-0000000000000003' };
    await cluster.admin.call('POST', STATES_PATH, { ...stateOf(unknown), spec: {} });

    await expectRefused(patchStatus(agent, OTHER, { host: HOST }), 'of its own node');
    await expectRefused(patchStatus(agent, unknown, { host: HOST }), 'of its own node');
  });

  it('says nothing in the place of the controller', async () => {
    const phase = { phase: 'Attached', reason: 'Mine', message: '', since: '2026-01-01T00:00:00Z' };

    await expectRefused(
      patchStatus(agent, OWN, { interfaces: { [SLOT]: phase } }),
      'nothing of a NodeENIState but status.host',
    );
    await expectRefused(
      patchStatus(agent, OWN, { summary: { ready: '1/1', reason: 'Ready', interfaces: 1 } }),
      'nothing of a NodeENIState but status.host',
    );
  });

  it('writes nothing with a token that is bound to no node', async () => {
    await expectRefused(patchStatus(unbound, OWN, { host: HOST }), 'of its own node');
  });

  it('restarts pods of a DaemonSet on its own node, and no others', async () => {
    for (const pod of [
      podOn('plugin', OWN.node),
      podOn('elsewhere', OTHER.node),
      podOn('worker', OWN.node, 'ReplicaSet'),
    ])
      await expectStatus(cluster.admin.call('POST', PLUGINS_PATH, pod), 201);
    const remove = (name: string) => agent.call('DELETE', `${PLUGINS_PATH}/${name}`);

    await expectStatus(remove('plugin'), 200);
    await expectRefused(remove('elsewhere'), 'pods of its own node only');
    await expectRefused(remove('worker'), 'only pods of a DaemonSet');
  });

  it('records events of its own node, and of nothing else', async () => {
    const { kube, admin } = cluster;
    const record = createRecordOnNode({
      api: createApiClient({
        server: kube.url,
        caCertificate: readFileSync(kube.caFile, 'utf8'),
        readToken: () => agentToken,
      }),
      now: () => new Date(),
    });
    const event = { type: 'Warning', reason: 'InUse', message: 'held', identity: 'one' } as const;

    await record(OWN.node, event);
    await record(OWN.node, event);

    await expect(record(OTHER.node, event)).rejects.toThrow('events of its own node only');
    const { body } = await admin.call('GET', '/api/v1/namespaces/default/events');
    expect(body).toMatchObject({ items: [{ reason: 'InUse', involvedObject: { name: 'own' } }] });
  });

  it.each([
    ['change what is asked of its host', 'PATCH', `${STATES_PATH}/${OWN.instanceId}`, {}],
    ['delete its object', 'DELETE', `${STATES_PATH}/${OWN.instanceId}`, undefined],
    ['read pods elsewhere', 'GET', '/api/v1/namespaces/default/pods', undefined],
    ['list nodes', 'GET', NODES_PATH, undefined],
    ['change its node', 'PATCH', `${NODES_PATH}/${OWN.node}`, {}],
    ['read secrets', 'GET', '/api/v1/secrets', undefined],
    ['write events elsewhere', 'POST', '/api/v1/namespaces/kube-system/events', {}],
    ['get tokens', 'POST', TOKEN_PATH, {}],
  ] as const)('may not %s', async (_what, method, path, body) => {
    await expectStatus(agent.call(method, path, body), 403);
  });
});
