import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import {
  applyStrictly,
  expectStatus,
  nodeEniNamed,
  nodeNamed,
  printManifests,
} from './installed-cluster.ts';
import {
  createKubeClient,
  type KubeClient,
  NODE_ENIS_PATH,
  NODES_PATH,
  STATES_PATH,
} from './kube-client.ts';

const OWN = { node: 'own', instanceId: 'i-0000000000000001' };
const OTHER = { node: 'other', instanceId: 'i-0000000000000002' };
const TOKEN_PATH = '/api/v1/namespaces/nodeeni-system/serviceaccounts/nodeeni-agent/token';
const HOST = { status: { host: { 'data/subnet-1': { eniId: 'eni-1', generation: 1 } } } };

let kube: KubeApiserver;
let admin: KubeClient;
/** The kubelet of the node `own`, whose host somebody else may hold. */
let kubelet: KubeClient;

beforeAll(async () => {
  const token = randomUUID();
  const user = { name: `system:node:${OWN.node}`, groups: ['system:nodes'], token };
  kube = await startKubeApiserver({ users: [user] });
  admin = createKubeClient(kube);
  kubelet = createKubeClient({ ...kube, adminToken: token });
  const { code, stderr } = await applyStrictly(kube, await printManifests('--agent'));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  await kube.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  await admin.call('POST', NODES_PATH, nodeNamed(OTHER.node, OTHER.instanceId));
  await expectStatus(
    admin.call('POST', STATES_PATH, {
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'NodeENIState',
      metadata: { name: OWN.instanceId },
      spec: { nodeName: OWN.node },
    }),
    201,
  );
  await expectStatus(admin.call('POST', NODE_ENIS_PATH, nodeEniNamed('data')), 201);
});

afterAll(async () => {
  admin?.close();
  kubelet?.close();
  await kube?.stop();
});

describe('a kubelet, by its own identity', () => {
  it('registers its own node with whatever instance, once: who is believed is decided by us', async () => {
    const spec = { providerID: `aws:///us-east-1a/${OWN.instanceId}` };

    await expectStatus(
      kubelet.call('POST', NODES_PATH, nodeNamed(OWN.node, OTHER.instanceId)),
      201,
    );
    await expectStatus(kubelet.call('PATCH', `${NODES_PATH}/${OWN.node}`, { spec }), 422);
  });

  it.each([
    ['register another node', 'POST', NODES_PATH, nodeNamed('third', 'i-0000000000000003')],
    [
      'change labels of another node',
      'PATCH',
      `${NODES_PATH}/${OTHER.node}`,
      { metadata: { labels: { ng: 'mine' } } },
    ],
    ['delete another node', 'DELETE', `${NODES_PATH}/${OTHER.node}`, undefined],
    ['read what is asked of hosts', 'GET', STATES_PATH, undefined],
    ['report in the place of its agent', 'PATCH', `${STATES_PATH}/${OWN.instanceId}/status`, HOST],
    ['change what is asked of its host', 'PATCH', `${STATES_PATH}/${OWN.instanceId}`, {}],
    ['read NodeENIs', 'GET', NODE_ENIS_PATH, undefined],
    ['make a NodeENI', 'POST', NODE_ENIS_PATH, nodeEniNamed('own')],
    ['take a token of the agent that no pod of its node has', 'POST', TOKEN_PATH, { spec: {} }],
  ] as const)('may not %s', async (_what, method, path, body) => {
    await expectStatus(kubelet.call(method, path, body), 403);
  });
});
