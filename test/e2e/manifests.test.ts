import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseAdmissionReview } from '#core/events/admission-review.ts';
import type { FleetNode } from '#test/support/servers/fleet-nodes.ts';
import { sendHeartbeats } from './heartbeats.ts';
import {
  applyStrictly,
  expectStatus,
  type InstalledCluster,
  nodeEniNamed,
  nodeNamed,
  printManifests,
  startInstalledCluster,
} from './installed-cluster.ts';
import { type KubeClient, NODE_ENIS_PATH, NODES_PATH, STATES_PATH } from './kube-client.ts';

const STEADY: FleetNode = {
  name: 'steady',
  instanceId: 'i-0000000000000001',
  providerId: 'aws:///us-east-1a/i-0000000000000001',
  zone: 'us-east-1a',
  subnetId: 'subnet-1',
};

let cluster: InstalledCluster;

beforeAll(async () => {
  cluster = await startInstalledCluster();
  await cluster.admin.call('POST', NODES_PATH, nodeNamed(STEADY.name, STEADY.instanceId));
});

afterAll(() => cluster?.stop());

beforeEach(() => void cluster.webhook.take());

/**
 * A write of which the webhook is told once. The API server tells again when it finds that the version it worked on
 * was an old one; a list brings its cache up to date first.
 */
const writeAs =
  (client: () => KubeClient): KubeClient['call'] =>
  async (method, path, body) => {
    for (const list of [NODES_PATH, NODE_ENIS_PATH, STATES_PATH])
      await cluster.admin.call('GET', list);
    return client().call(method, path, body);
  };
const write = writeAs(() => cluster.admin);
const writeAsFunctions = writeAs(() => cluster.functions);

/** Who the relay would pass on for what was told. */
const keysTold = () => cluster.webhook.take().map((review) => parseAdmissionReview(review).keys);

describe('nodeeni manifests', () => {
  it('prints what applies again without a change', async () => {
    const printed = await printManifests();

    const { code, stdout, stderr } = await applyStrictly(cluster.kube, printed);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout
        .trim()
        .split('\n')
        .filter((line) => !line.endsWith('unchanged')),
    ).toEqual([]);
  });
});

const instanceKey = (instanceId: string) => ({ kind: 'instance', instanceId });
const nodeEniKey = (name: string) => ({ kind: 'node-eni', name });

describe('the webhook', () => {
  it('is not told of 100 heartbeats, and once of a changed label', async () => {
    await sendHeartbeats(cluster.admin, [STEADY], 100);
    await write('PATCH', `${NODES_PATH}/steady`, {
      metadata: { labels: { ng: 'other' } },
    });

    expect(keysTold()).toEqual([[instanceKey(STEADY.instanceId)]]);
  });

  it('is told of a label that is changed through the status of a node', async () => {
    const path = `${NODES_PATH}/steady/status`;

    await expectStatus(write('PATCH', path, { metadata: { labels: { by: 'status' } } }), 200);

    expect(keysTold()).toEqual([[instanceKey(STEADY.instanceId)]]);
  });

  it('is told of a reboot once, and not of the heartbeats after it', async () => {
    const path = `${NODES_PATH}/steady/status`;
    const status = { nodeInfo: { bootID: '0f7d3f4e-1111-4222-8333-444455556666' } };

    await expectStatus(write('PATCH', path, { status }), 200);
    await sendHeartbeats(cluster.admin, [STEADY], 3);

    expect(keysTold()).toEqual([[instanceKey(STEADY.instanceId)]]);
  });

  it('is told of a node that comes, gets its instance, and goes', async () => {
    const { spec, ...unborn } = nodeNamed('passing', 'i-0000000000000002');
    await write('POST', NODES_PATH, unborn);
    await write('PATCH', `${NODES_PATH}/passing`, { spec });
    await write('DELETE', `${NODES_PATH}/passing`);

    const key = instanceKey('i-0000000000000002');
    expect(keysTold()).toEqual([[], [key], [key]]);
  });

  it.each([
    ['an annotation', { metadata: { annotations: { seen: 'yes' } } }],
    ['a taint', { spec: { taints: [{ key: 'busy', effect: 'NoSchedule' }] } }],
    ['being cordoned', { spec: { unschedulable: true } }],
  ])('is not told of %s of a node', async (_what, change) => {
    await expectStatus(write('PATCH', `${NODES_PATH}/steady`, change), 200);

    expect(cluster.webhook.take()).toEqual([]);
  });

  it('is told of a NodeENI that is created, changed and deleted, and of no more', async () => {
    const path = `${NODE_ENIS_PATH}/told`;
    await write('POST', NODE_ENIS_PATH, nodeEniNamed('told'));
    await write('PATCH', path, { metadata: { finalizers: ['example.com/held'] } });
    await write('PATCH', path, { metadata: { labels: { team: 'net' } } });
    await write('PATCH', path, { spec: { mtu: 9001 } });
    await write('PATCH', `${path}/status`, { status: { matchedNodes: 1 } });
    await write('DELETE', path);
    await write('PATCH', path, { metadata: { finalizers: null } });

    const reviews = cluster.webhook.take();

    expect(reviews.map(({ request }) => request.operation)).toEqual(['CREATE', 'UPDATE', 'DELETE']);
    expect(reviews.map((review) => parseAdmissionReview(review).keys)).toEqual(
      Array.from({ length: 3 }, () => [nodeEniKey('told')]),
    );
  });

  it('is told of each NodeENI when many are deleted at once', async () => {
    for (const name of ['one', 'two']) await write('POST', NODE_ENIS_PATH, nodeEniNamed(name));
    cluster.webhook.take();

    await write('DELETE', NODE_ENIS_PATH);

    expect(keysTold().flat()).toEqual([nodeEniKey('one'), nodeEniKey('two')]);
  });

  it('gives its warnings in a dry run, which makes nobody look', async () => {
    const query = `${NODE_ENIS_PATH}?dryRun=All`;

    await expectStatus(write('POST', query, nodeEniNamed('tried', { mtu: 9100 })), 201);

    const [hint] = cluster.webhook.take().map(parseAdmissionReview);
    expect(hint).toMatchObject({ keys: [], warnings: [expect.any(String), expect.any(String)] });
  });

  it('is told of what a host reports, and of nothing that the functions write', async () => {
    const name = 'i-0000000000000003';
    const path = `${STATES_PATH}/${name}`;
    const state = {
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'NodeENIState',
      metadata: { name },
      spec: { nodeName: 'steady' },
    };
    const host = (generation: number) => ({
      status: { host: { 'data/subnet-1': { eniId: 'eni-1', generation } } },
    });
    const said = { phase: 'Attached', reason: 'Attached', message: 'It is there.', since: 'now' };
    await write('POST', NODE_ENIS_PATH, nodeEniNamed('data'));
    cluster.webhook.take();

    await expectStatus(writeAsFunctions('POST', STATES_PATH, state), 201);
    await expectStatus(writeAsFunctions('PATCH', `${path}/status`, host(1)), 200);
    await expectStatus(
      writeAsFunctions('PATCH', `${NODE_ENIS_PATH}/data/status`, {
        status: { matchedNodes: 1 },
      }),
      200,
    );
    const ownWrites = cluster.webhook.take();
    await expectStatus(
      write('PATCH', `${path}/status`, {
        status: { interfaces: { 'data/subnet-1': said } },
      }),
      200,
    );
    const otherField = cluster.webhook.take();
    await expectStatus(write('PATCH', `${path}/status`, host(2)), 200);

    expect({ ownWrites, otherField }).toEqual({ ownWrites: [], otherField: [] });
    expect(keysTold()).toEqual([[instanceKey(name), nodeEniKey('data')]]);
    await write('DELETE', path);
    await write('DELETE', `${NODE_ENIS_PATH}/data`);
  });
});

describe('a relay that does not answer', () => {
  it('costs a write two seconds and refuses none', async () => {
    cluster.webhook.setSilent(true);
    const start = Date.now();

    await expectStatus(write('POST', NODE_ENIS_PATH, nodeEniNamed('unheard')), 201);

    expect(Date.now() - start).toBeLessThan(3_000);
    expect(keysTold()).toEqual([[nodeEniKey('unheard')]]);
    cluster.webhook.setSilent(false);
    await write('DELETE', `${NODE_ENIS_PATH}/unheard`);
  });
});
