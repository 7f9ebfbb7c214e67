import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laterPartsOf } from '#core/instance/host-fields.ts';
import { connectAsOnEks } from './eks.ts';
import { createFunctionsUser } from './functions-user.ts';
import {
  applyStrictly,
  expectStatus,
  type InstalledCluster,
  nodeEniNamed,
  nodeNamed,
  startInstalledCluster,
} from './installed-cluster.ts';
import { NODE_ENIS_PATH, NODES_PATH, STATES_PATH } from './kube-client.ts';
import { eventually } from './outcomes.ts';

const RESOURCE = 'nodeeni.networking.k8s.aws/lan';
const NETWORKS = '/apis/k8s.cni.cncf.io/v1';
const networksIn = (namespace: string) =>
  `${NETWORKS}/namespaces/${namespace}/network-attachment-definitions`;
const podNetwork = { name: 'lan', namespaces: ['core', 'edge'], resourceName: RESOURCE };

let cluster: InstalledCluster;

beforeAll(async () => {
  cluster = await startInstalledCluster();
  const definition = new URL('../fixtures/network-attachment-definition.yaml', import.meta.url);
  await applyStrictly(cluster.kube, readFileSync(definition, 'utf8'));
  for (const name of ['core', 'edge'])
    await cluster.admin.call('POST', '/api/v1/namespaces', { metadata: { name } });
  await eventually(async () => {
    await expectStatus(
      cluster.admin.call('GET', `${NETWORKS}/network-attachment-definitions`),
      200,
    );
  });
});

afterAll(() => cluster?.stop());

interface Amounts {
  readonly capacity?: Readonly<Record<string, string>>;
  readonly allocatable?: Readonly<Record<string, string>>;
}

/** A node of its own, and a NodeENI that selects it. */
const start = async (
  name: string,
  { isInSmallSubnet = false, ...spec }: { readonly isInSmallSubnet?: boolean } & object = {},
  instanceType = 'm5.4xlarge',
) => {
  const { admin } = cluster;
  const user = createFunctionsUser(connectAsOnEks(cluster.kube));
  const instanceId = user.runInstance(instanceType);
  const { metadata, ...node } = nodeNamed(name, instanceId);
  const status = { capacity: { cpu: '4', pods: '110' }, allocatable: { cpu: '4', pods: '110' } };
  const labelled = { ...metadata, labels: { ng: name } };
  await admin.call('POST', NODES_PATH, { ...node, metadata: labelled, status });
  const { subnetId, smallSubnetId, groupId } = user.network;
  const subnetID = isInSmallSubnet ? smallSubnetId : subnetId;
  const wanted = { nodeSelector: { ng: name }, subnetID, securityGroupIDs: [groupId] };
  const asked = { ...wanted, deviceIndex: 2, ipv4PrefixCount: 1, podNetwork, ...spec };
  await expectStatus(admin.call('POST', NODE_ENIS_PATH, nodeEniNamed(name, asked)), 201);

  const conditionOf = async (type: string) =>
    (await admin.nodeEni(name))?.status?.conditions?.find((condition) => condition.type === type);
  const life = { nodeEni: name, instanceId };
  return {
    ...user,
    conditionOf,
    work: (isDone: () => Promise<boolean>) => user.workUntil(life, isDone),
    amounts: async (): Promise<Amounts> => {
      const { body } = await admin.call('GET', `${NODES_PATH}/${name}`);
      return (body as { readonly status: Amounts }).status;
    },
    /** The agent's word about what the record says now. */
    report: async (network: object = {}) => {
      const path = `${STATES_PATH}/${instanceId}`;
      const { body } = await admin.call('GET', path);
      const { spec: record } = body as Awaited<ReturnType<typeof admin.states>>[number];
      const rows = Object.entries(record.interfaces ?? {}).map(([slot, one]) => {
        const done = one.phase === 'Releasing' ? { released: true } : { configured: true };
        const ready = { state: 'Ready', reason: 'Ready', message: '', addresses: 16 };
        const told = { ...ready, addressesInUse: 0, ...network };
        const { eniId, generation } = one;
        const understood = { generation, parts: laterPartsOf(one) };
        return [slot, { eniId, generation, understood, ...done, podNetwork: told }];
      });
      const change = { status: { host: Object.fromEntries(rows) } };
      await expectStatus(admin.call('PATCH', `${path}/status`, change), 200);
    },
    askToEnd: () => admin.call('DELETE', `${NODE_ENIS_PATH}/${name}`),
    /** Its instance has the id of the next test's. */
    forget: async () => {
      await admin.call('DELETE', `${NODES_PATH}/${name}`);
      await admin.call('DELETE', `${STATES_PATH}/${instanceId}`);
    },
  };
};

const namesIn = (namespace: string) => cluster.admin.names(networksIn(namespace));

describe('a network for pods, on a real API server', () => {
  it('is offered by a node after the word of its agent, until it is released', async () => {
    const { admin } = cluster;
    const node = await start('offering');
    const isReady = async () => (await node.conditionOf('PodNetworkReady'))?.status === 'True';
    await node.work(async () => (await node.conditionOf('Ready'))?.reason === 'WaitingForHost');
    const before = await node.amounts();
    const { body: made } = await admin.call('GET', `${networksIn('core')}/lan`);

    await node.report();
    await node.work(isReady);
    const offered = await node.amounts();
    const forgotten = {
      status: { capacity: { [RESOURCE]: '0' }, allocatable: { [RESOURCE]: '0' } },
    };
    await admin.call('PATCH', `${NODES_PATH}/offering/status`, forgotten);
    await node.work(async () => (await node.amounts()).capacity?.[RESOURCE] === '16');
    const restored = await node.amounts();
    await node.askToEnd();
    await node.work(async () => (await node.amounts()).capacity?.[RESOURCE] === '0');
    const isDetached = node.ec2.wire.log.mutating.some(({ action }) => action.startsWith('Detach'));
    await node.report();
    await node.work(async () => (await admin.nodeEni('offering')) === undefined);

    expect(before).toEqual({
      ...before,
      capacity: { cpu: '4', pods: '110' },
      allocatable: { cpu: '4', pods: '110' },
    });
    expect(made).toMatchObject({
      metadata: { annotations: { 'k8s.v1.cni.cncf.io/resourceName': RESOURCE } },
    });
    expect(made).not.toHaveProperty('spec');
    for (const { capacity, allocatable } of [offered, restored])
      expect([capacity, allocatable]).toEqual([
        { cpu: '4', pods: '110', [RESOURCE]: '16' },
        { cpu: '4', pods: '110', [RESOURCE]: '16' },
      ]);
    expect(isDetached).toBe(false);
    expect(await node.amounts()).toMatchObject({ capacity: { cpu: '4', pods: '110' } });
    expect((await node.amounts()).capacity).not.toHaveProperty(RESOURCE);
    expect([await namesIn('core'), await namesIn('edge')]).toEqual([[], []]);
    expect(await admin.nodeEni('offering')).toBeUndefined();
    expect(node.complaints()).toEqual([]);
    await node.forget();
  });

  it('leaves a definition of others alone, and makes the one of the other namespace', async () => {
    const { admin } = cluster;
    const theirs = {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'lan' },
      spec: { config: '{"type":"macvlan"}' },
    };
    await expectStatus(admin.call('POST', networksIn('core'), theirs), 201);
    const { body: before } = await admin.call('GET', `${networksIn('core')}/lan`);
    const node = await start('taken');

    await node.work(
      async () => (await node.conditionOf('PodNetworkReady'))?.reason === 'NameTaken',
    );
    const told = await node.conditionOf('PodNetworkReady');
    const others = await namesIn('edge');
    await node.askToEnd();
    await node.work(async () => {
      await node.report();
      return (await admin.nodeEni('taken')) === undefined;
    });

    expect(told).toMatchObject({ status: 'False', reason: 'NameTaken' });
    expect(others).toEqual(['lan']);
    expect((await admin.call('GET', `${networksIn('core')}/lan`)).body).toEqual(before);
    expect(await admin.nodeEni('taken')).toBeUndefined();
    await admin.call('DELETE', `${networksIn('core')}/lan`);
    await node.forget();
  });

  it.each(['MultusReadsElsewhere', 'PluginMissing'])(
    'tells %s, and offers nothing',
    async (reason) => {
      const name = reason.toLowerCase();
      const node = await start(name);
      await node.work(async () => (await node.conditionOf('Ready'))?.reason === 'WaitingForHost');

      await node.report({ state: 'NotReady', reason, message: 'Change one line.' });
      await node.work(async () => (await node.conditionOf('Ready'))?.reason === reason);

      expect(await node.conditionOf('PodNetworkReady')).toMatchObject({ status: 'False', reason });
      expect((await node.amounts()).capacity).not.toHaveProperty(RESOURCE);
      await node.askToEnd();
      await node.work(async () => {
        await node.report();
        return (await cluster.admin.nodeEni(name)) === undefined;
      });
      await node.forget();
    },
  );

  it.each([
    ['TooManyAddresses', 'm5.large', { ipv4PrefixCount: 10 }],
    ['PrefixesNeedNitro', 'm4.large', {}],
    ['SubnetFull', 'm5.4xlarge', { isInSmallSubnet: true }],
  ])('is refused before any call: %s', async (reason, type, spec) => {
    const name = reason.toLowerCase();
    const node = await start(name, spec, type);

    await node.work(async () => (await node.conditionOf('Ready'))?.reason === reason);

    expect(await node.conditionOf('Ready')).toMatchObject({ status: 'False', reason });
    expect(node.ec2.wire.log.mutating).toEqual([]);
    await node.askToEnd();
    await node.work(async () => (await cluster.admin.nodeEni(name)) === undefined);
    await node.forget();
  });
});

describe('the functions, held by policies', () => {
  it.each([
    ['the pods of a node', { status: { capacity: { pods: '1' } } }],
    ['a condition of a node', { status: { conditions: [] } }],
  ])('may not change %s', async (_what, change) => {
    const { admin, functions } = cluster;
    const status = {
      capacity: { pods: '110' },
      conditions: [{ type: 'Ready', status: 'True', reason: 'a', message: 'b' }],
    };
    await admin.call('POST', NODES_PATH, { ...nodeNamed('held', 'i-0000000000000009'), status });

    const { status: code, body } = await functions.call(
      'PATCH',
      `${NODES_PATH}/held/status`,
      change,
    );

    expect({ code, body }).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('nodeeni changes no') },
    });
    await admin.call('DELETE', `${NODES_PATH}/held`);
  });

  it('may neither write nor delete a definition of others', async () => {
    const { admin, functions } = cluster;
    const path = `${networksIn('core')}/theirs`;
    const theirs = {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'theirs' },
    };
    await admin.call('POST', networksIn('core'), theirs);

    await expectStatus(functions.call('PATCH', path, { metadata: { labels: { a: 'b' } } }), 422);
    await expectStatus(functions.call('DELETE', path), 422);
    const other = { ...theirs, metadata: { name: 'new' } };
    await expectStatus(functions.call('POST', networksIn('core'), other), 422);

    await admin.call('DELETE', path);
  });
});
