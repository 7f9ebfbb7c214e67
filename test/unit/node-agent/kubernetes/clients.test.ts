import { describe, expect, it } from 'vitest';
import { createApiClient } from '#node-agent/kubernetes/api-client.ts';
import { connect } from '#node-agent/kubernetes/connection.ts';
import { createNodeClient } from '#node-agent/kubernetes/node-client.ts';
import { createPluginCluster } from '#node-agent/kubernetes/plugin-cluster.ts';
import { createStateClient } from '#node-agent/kubernetes/state-client.ts';
import { type Answer, json, startApiServer } from '../fake-api-server.ts';
import { createScratchTree } from '../scratch-tree.ts';

const start = async (answer: Answer, readToken: () => string | undefined = () => undefined) => {
  const { requests, url } = await startApiServer(answer);
  return { requests, api: createApiClient({ server: url, readToken }) };
};

describe('createApiClient', () => {
  it('reads the token for each request, since the kubelet renews it', async () => {
    const tokens = ['old', 'new'];
    const { api, requests } = await start(json({}), () => tokens.shift());
    await api.send({ path: '/a' });

    await api.send({ path: '/b' });

    expect(requests.map(({ authorization }) => authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
  });

  it('rejects with the status and the message of the server', async () => {
    const { api } = await start(json({ kind: 'Status', message: 'nodes "x" is forbidden' }, 403));

    await expect(api.send({ path: '/api/v1/nodes/x' })).rejects.toMatchObject({
      status: 403,
      message: '/api/v1/nodes/x: 403 nodes "x" is forbidden',
    });
  });

  it('rejects with status 0 when nobody answers', async () => {
    const api = createApiClient({ server: 'http://127.0.0.1:1', readToken: () => undefined });

    await expect(api.send({ path: '/' })).rejects.toMatchObject({ name: 'ApiError', status: 0 });
  });

  it('does not wait for ever for a server that accepts and says nothing', async () => {
    const { api } = await start(() => undefined);

    const request = api.send({ path: '/', idleTimeoutSeconds: 0.1 });

    await expect(request).rejects.toThrow('does not answer');
  });

  it('breaks off what is under way when it is closed, and begins nothing more', async () => {
    const arrived = Promise.withResolvers<void>();
    const { api, requests } = await start(() => arrived.resolve());
    const request = api.send({ path: '/' });
    const broken = expect(request).rejects.toMatchObject({ status: 0 });
    await arrived.promise;

    api.close();

    await broken;
    await expect(api.send({ path: '/' })).rejects.toThrow('was closed');
    expect(requests).toHaveLength(1);
  });
});

describe('connect', () => {
  it('finds the API server of the cluster that it runs in only when one is named', () => {
    expect(connect({}, {})).toBeUndefined();
  });

  it('uses the files that the settings name, and reads the token again each time', () => {
    const tree = createScratchTree();
    tree.file('token', 'first\n');
    const connection = connect({ server: 'https://[::1]:6443', tokenFile: tree.path('token') }, {});
    const first = connection?.readToken();
    tree.file('token', 'second\n');

    expect([first, connection?.readToken()]).toEqual(['first', 'second']);
    expect(connection).not.toHaveProperty('caCertificate');
  });
});

describe('createStateClient', () => {
  it('writes status.host of its own object as a merge patch, and nothing else', async () => {
    const { api, requests } = await start(json({}));

    await createStateClient(api, 'i-0abc').patchHost({ 'data/subnet-1': { released: true } });

    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      method: 'PATCH',
      path: '/apis/networking.k8s.aws/v1alpha1/nodeenistates/i-0abc/status',
      contentType: 'application/merge-patch+json',
      body: JSON.stringify({ status: { host: { 'data/subnet-1': { released: true } } } }),
    });
  });

  it('reads an object that is not there as none', async () => {
    const { api } = await start(json({ message: 'not found' }, 404));

    await expect(createStateClient(api, 'i-0abc').read()).resolves.toBeUndefined();
  });

  it('does not take a refusal for absence', async () => {
    const { api } = await start(json({ message: 'forbidden' }, 403));

    await expect(createStateClient(api, 'i-0abc').read()).rejects.toThrow('forbidden');
  });
});

describe('createNodeClient', () => {
  const node = {
    spec: { providerID: 'aws:///us-east-1a/i-0123456789abcdef0' },
    status: { allocatable: { cpu: '1930m', memory: '7Gi', 'intel.com/data': '2' } },
  };

  it('reads the instance id out of the providerID', async () => {
    const { api } = await start(json(node));

    await expect(createNodeClient(api, 'node').instanceId()).resolves.toBe('i-0123456789abcdef0');
  });

  it('reads no instance id out of another provider’s', async () => {
    const { api } = await start(
      json({ spec: { providerID: 'kind://docker/kind/node' }, status: {} }),
    );

    await expect(createNodeClient(api, 'node').instanceId()).resolves.toBeUndefined();
  });

  it('reads how many of a resource the node offers', async () => {
    const { api } = await start(json(node));

    await expect(createNodeClient(api, 'node').allocatable()).resolves.toEqual({
      'intel.com/data': 2,
    });
  });
});

describe('createPluginCluster', () => {
  const pod = (name: string, changes: object = {}, nodeName = 'node') => ({
    metadata: {
      name,
      labels: { app: 'sriovdp' },
      ownerReferences: [{ kind: 'DaemonSet' }],
      ...changes,
    },
    spec: { nodeName },
  });
  const PODS = { nodeName: 'node', namespaces: ['kube-system'], labels: ['app=sriovdp'] };

  it('deletes the plugin of this node, and no other pod', async () => {
    const { api, requests } = await start((request, response) =>
      json(
        request.method === 'GET'
          ? {
              items: [
                pod('plugin'),
                pod('elsewhere', {}, 'other-node'),
                pod('unlike', { labels: { app: 'coredns' } }),
                pod('ending', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
                pod('alone', { ownerReferences: [] }),
              ],
            }
          : {},
      )(request, response),
    );

    const count = await createPluginCluster(api, PODS).restartPlugin();

    expect(count).toBe(1);
    expect(requests[0]?.query).toEqual({ fieldSelector: 'spec.nodeName=node' });
    expect(requests.slice(1).map(({ method, path }) => [method, path])).toEqual([
      ['DELETE', '/api/v1/namespaces/kube-system/pods/plugin'],
    ]);
  });

  it('takes a pod that went by itself for restarted', async () => {
    const { api } = await start((request, response) =>
      (request.method === 'GET' ? json({ items: [pod('plugin')] }) : json({}, 404))(
        request,
        response,
      ),
    );

    await expect(createPluginCluster(api, PODS).restartPlugin()).resolves.toBe(1);
  });

  it('rejects when the pod may not be deleted', async () => {
    const { api } = await start((request, response) =>
      (request.method === 'GET' ? json({ items: [pod('plugin')] }) : json({}, 403))(
        request,
        response,
      ),
    );

    await expect(createPluginCluster(api, PODS).restartPlugin()).rejects.toMatchObject({
      status: 403,
    });
  });

  it('keeps to what the node offered last while the API server is away', async () => {
    let status = 200;
    const { api } = await start((request, response) =>
      json({ spec: {}, status: { allocatable: { 'intel.com/data': '2' } } }, status)(
        request,
        response,
      ),
    );
    let seconds = 0;
    const cluster = createPluginCluster(api, PODS, () => seconds);
    await cluster.allocatable();
    status = 503;
    seconds = 5;

    await expect(cluster.allocatable()).resolves.toEqual({ 'intel.com/data': 2 });
  });

  it('asks for what the node offers once in two seconds, however often the host is reconciled', async () => {
    let amount = '1';
    const { api, requests } = await start((request, response) =>
      json({ spec: {}, status: { allocatable: { 'intel.com/data': amount } } })(request, response),
    );
    let seconds = 0;
    const cluster = createPluginCluster(api, PODS, () => seconds);
    for (; seconds < 1.9; seconds += 0.1) await cluster.allocatable();
    const asked = requests.length;
    amount = '2';
    seconds = 2.1;

    await expect(cluster.allocatable()).resolves.toEqual({ 'intel.com/data': 2 });
    expect(asked).toBe(1);
  });

  it('does not hold up a reconcile while the API server hangs', async () => {
    const { api } = await start(() => undefined);

    await expect(createPluginCluster(api, PODS).allocatable()).resolves.toEqual({});
  });
});
