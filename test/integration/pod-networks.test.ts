import { describe, expect, it } from 'vitest';
import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import {
  NAMESPACES,
  NETWORK_ATTACHMENTS,
  NODE_ENI_STATES,
  NODE_ENIS,
  NODES,
} from '#providers/kubernetes/resources.ts';
import { createNetworkHosts } from '#test/support/network-host.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const RESOURCE = 'nodeeni.networking.k8s.aws/lan';
const NETWORK = { name: 'lan', namespaces: ['core'], resourceName: RESOURCE };

type Spec = Parameters<Scenario['applyNodeEni']>[1];

const start = async (options: Parameters<typeof createScenario>[0] = {}) => {
  const scenario = createScenario(options);
  const { kubernetes, subnets } = scenario;
  const node = await scenario.addNode();
  const hosts = createNetworkHosts(scenario);
  await kubernetes.create(NAMESPACES, { metadata: { name: 'core', labels: { team: 'core' } } });
  return {
    ...{ scenario, kubernetes, node, hosts },
    ask: (spec: Spec = {}, name = 'data') =>
      scenario.applyNodeEni(name, {
        ...{ subnetID: subnets.a, ipv4PrefixCount: 1, podNetwork: NETWORK },
        ...spec,
      }),
    resources: async () => {
      const { status } = await kubernetes.get(NODES, node.name);
      return (status as { capacity?: Record<string, string> }).capacity ?? {};
    },
    allocatable: async () => {
      const { status } = await kubernetes.get(NODES, node.name);
      return (status as { allocatable?: Record<string, string> }).allocatable ?? {};
    },
    /** `namespace/name` of each, with who it belongs to and the resource. */
    attachments: async () =>
      (await kubernetes.list(NETWORK_ATTACHMENTS)).items.map(({ metadata, spec }) => ({
        key: `${metadata.namespace}/${metadata.name}`,
        uid: metadata.labels?.['nodeeni.networking.k8s.aws/uid'],
        resource: metadata.annotations?.['k8s.v1.cni.cncf.io/resourceName'],
        ...(spec !== undefined && { spec }),
      })),
    condition: async (type: string, name = 'data') =>
      (await scenario.status(name)).conditions?.find((condition) => condition.type === type),
  };
};

describe('the capacity of a node', () => {
  it('comes with the word of its agent and not before, and then the network is ready', async () => {
    const { scenario, hosts, ask, resources, allocatable, condition } = await start();
    await ask();
    await scenario.pass(120);
    const before = await resources();
    const unready = await condition('PodNetworkReady');

    await hosts.report();
    await scenario.pass(30);

    expect(before).toEqual({});
    expect(unready).toMatchObject({ status: 'False', reason: 'WaitingForHost' });
    expect(await resources()).toEqual({ [RESOURCE]: '16' });
    expect(await allocatable()).toEqual({ [RESOURCE]: '16' });
    expect(await condition('PodNetworkReady')).toMatchObject({
      status: 'True',
      message: '1 interface with 16 addresses for pods, in 1 namespace.',
    });
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it.each(['MultusReadsElsewhere', 'PluginMissing'])(
    'stays away while the host says %s, which the NodeENI tells',
    async (reason) => {
      const { scenario, hosts, ask, resources } = await start();
      await ask();
      await scenario.pass(60);

      await hosts.report({ state: 'NotReady', reason, message: 'Change one line.' });
      await scenario.pass(30);

      expect(await resources()).toEqual({});
      expect(await scenario.ready('data')).toMatchObject({
        status: 'False',
        reason,
        message: expect.stringContaining('Change one line.'),
      });
      expect((await scenario.status('data')).attachments).toMatchObject([
        { podNetwork: reason, podAddresses: 16 },
      ]);
    },
  );

  it('is zero again when the host takes its word back', async () => {
    const { scenario, hosts, ask, resources } = await start();
    await ask();
    await scenario.pass(60);
    await hosts.report();
    await scenario.pass(30);

    await hosts.report({ state: 'NotReady', reason: 'PluginMissing' });
    await scenario.pass(30);

    expect(await resources()).toEqual({ [RESOURCE]: '0' });
  });

  it('comes back when the kubelet forgets it, and when the Node is registered anew', async () => {
    const { scenario, kubernetes, node, hosts, ask, resources } = await start();
    await ask();
    await scenario.pass(60);
    await hosts.report();
    await scenario.pass(30);

    const forgotten = { status: { capacity: { [RESOURCE]: '0' } } };
    const patch = { type: 'merge', body: forgotten } as const;
    await kubernetes.as('kubelet').patch(NODES, node.name, patch, { subresource: 'status' });
    await scenario.pass(30);
    const restored = await resources();
    await kubernetes.deleteNode(node.name);
    await scenario.register(node.instanceId);
    await scenario.pass(30);

    expect(restored).toEqual({ [RESOURCE]: '16' });
    expect(await resources()).toEqual({ [RESOURCE]: '16' });
  });

  it('is zero before the interface is detached, and gone with it', async () => {
    const { scenario, hosts, ask, resources } = await start();
    await ask();
    await scenario.pass(60);
    await hosts.report();
    await scenario.pass(30);

    await scenario.deleteNodeEni('data');
    await scenario.pass(20);
    const releasing = await resources();
    const detached = scenario.mutating().includes('DetachNetworkInterface');
    await hosts.report();
    await scenario.pass(120);

    expect(releasing).toEqual({ [RESOURCE]: '0' });
    expect(detached).toBe(false);
    expect(await resources()).toEqual({});
    expect(await scenario.nodeEnis()).toEqual([]);
    expect(scenario.ours()).toEqual([]);
  });

  it('is taken off, too, where somebody deleted the records before, with the NodeENI', async () => {
    const { scenario, kubernetes, node, hosts, ask, resources } = await start();
    await ask();
    await scenario.pass(60);
    await hosts.report();
    await scenario.pass(30);

    await kubernetes.delete(NODE_ENI_STATES, node.instanceId);
    await kubernetes.patch(NODE_ENIS, 'data', {
      type: 'merge',
      body: { metadata: { finalizers: null } },
    });
    await scenario.deleteNodeEni('data');
    await scenario.pass(1200);

    expect(await resources()).toEqual({});
  });

  it('of others is left alone, and told', async () => {
    const { scenario, kubernetes, node, hosts, ask, resources } = await start();
    const theirs = { 'example.com/lan': '3', cpu: '4' };
    const patch = { type: 'merge', body: { status: { capacity: theirs } } } as const;
    await kubernetes.as('kubelet').patch(NODES, node.name, patch, { subresource: 'status' });

    await ask({ podNetwork: { ...NETWORK, resourceName: 'example.com/lan' } });
    await scenario.pass(60);
    await hosts.report();
    await scenario.pass(60);

    expect(await resources()).toEqual(theirs);
    expect(await scenario.ready('data')).toMatchObject({
      status: 'False',
      reason: 'ResourceTaken',
    });
  });

  it('holds the startup taint and the label, also while no agent has ever reported', async () => {
    const { scenario, kubernetes, node, hosts, ask } = await start();
    const taints = [{ key: NOT_READY_TAINT, effect: 'NoSchedule' }];
    await ask();
    await kubernetes.patch(NODES, node.name, { type: 'merge', body: { spec: { taints } } });
    const read = async () => {
      const { spec, metadata } = await kubernetes.get(NODES, node.name);
      const { taints: left = [] } = spec as { taints?: readonly unknown[] };
      return [left.length, metadata.labels?.['nodeeni.networking.k8s.aws/data']];
    };
    await scenario.pass(300);
    const before = await read();

    await hosts.report();
    await scenario.pass(30);

    expect(before).toEqual([1, undefined]);
    expect(await read()).toEqual([0, 'ready']);
  });
});

describe('a network whose addresses run out', () => {
  const growing = async (spec: Spec = {}, options = {}) => {
    const started = await start(options);
    await started.ask(spec);
    await started.scenario.pass(60);
    await started.hosts.report();
    await started.scenario.pass(30);
    const prefixes = () => started.scenario.ours()[0]?.ipv4Prefixes.length;
    return { ...started, prefixes };
  };

  it('gets one more prefix when fewer than spare are left, and offers it once the host has it', async () => {
    const { scenario, hosts, resources, prefixes } = await growing();

    await hosts.report({ addressesInUse: 12 });
    await scenario.pass(60);
    const enough = prefixes();
    await hosts.report({ addressesInUse: 13 });
    await scenario.pass(20);
    const grown = prefixes();
    const unanswered = await resources();
    await hosts.report({ addressesInUse: 13 });
    await scenario.pass(300);

    expect([enough, grown, prefixes()]).toEqual([1, 2, 2]);
    expect(unanswered).toEqual({ [RESOURCE]: '16' });
    expect(await resources()).toEqual({ [RESOURCE]: '32' });
    expect(scenario.mutating().slice(3)).toEqual(['AssignPrivateIpAddresses']);
    expect(scenario.lines).toContainEqual(
      expect.objectContaining({
        message: 'call made',
        fields: expect.objectContaining({ call: 'AssignPrivateIpAddresses' }),
      }),
    );
  });

  it('keeps what it has when pods end', async () => {
    const { scenario, hosts, prefixes } = await growing();
    await hosts.report({ addressesInUse: 13 });
    await scenario.pass(30);

    await hosts.report({ addressesInUse: 0 });
    await scenario.pass(900);

    expect(prefixes()).toBe(2);
  });

  it.each([
    ['spare is 0', { podNetwork: { ...NETWORK, spare: 0 } }],
    ['no prefix is asked for', { ipv4PrefixCount: 0, secondaryPrivateIPAddressCount: 16 }],
    ['one of the other family limits it', { ipv6AddressCount: 15 }],
  ])('does not grow where %s', async (_, spec) => {
    const { scenario, hosts } = await growing(spec);

    await hosts.report({ addressesInUse: 15 });
    await scenario.pass(300);

    expect(scenario.mutating().filter((action) => action.startsWith('Assign'))).toEqual([]);
  });

  it('tells where the type takes no more, stays ready, and makes no call', async () => {
    const { scenario, hosts, prefixes } = await growing({ ipv4PrefixCount: 29 });
    const calls = scenario.mutating().length;
    // A subnet of 256 addresses has no room for so many.
    expect(prefixes()).toBeUndefined();
    expect(calls).toBe(0);
    await scenario.applyNodeEni('data', {
      ...{ subnetID: scenario.subnets.a, podNetwork: NETWORK },
      ...{ ipv4PrefixCount: 1, secondaryPrivateIPAddressCount: 28 },
    });
    await scenario.pass(90);
    await hosts.report();
    await scenario.pass(30);
    const made = scenario.mutating().length;

    await hosts.report({ addressesInUse: 43 });
    await scenario.pass(300);

    const [row] = (await scenario.status('data')).attachments ?? [];
    expect(row).toMatchObject({
      reason: 'Attached',
      message: expect.stringMatching(
        /Fewer than 4 addresses .* no further prefix: m5.4xlarge takes 30/,
      ),
    });
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    expect(scenario.mutating().length).toBe(made);
  });

  it('is not asked for at every reconcile where EC2 refuses it, and stays ready', async () => {
    const refused: string[] = [];
    const onCall = (action: string) => {
      if (action !== 'AssignPrivateIpAddresses') return undefined;
      refused.push(action);
      return { code: 'InsufficientCidrBlocks' };
    };
    const { scenario, hosts } = await growing({}, { ec2: { onCall } });

    await hosts.report({ addressesInUse: 13 });
    await scenario.pass(240);

    const [row] = (await scenario.status('data')).attachments ?? [];
    expect(row?.message).toContain('there is no further prefix');
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    expect(refused.length).toBeLessThanOrEqual(2);
  });
});

describe('the network in a namespace', () => {
  it('has no configuration of its own, and goes with the NodeENI', async () => {
    const { scenario, ask, attachments, hosts } = await start();
    await ask();
    await scenario.pass(60);
    const made = await attachments();
    const [nodeEni] = (await scenario.kubernetes.list(NODE_ENIS)).items;

    await hosts.report();
    await scenario.deleteNodeEni('data');
    await scenario.pass(30);
    await hosts.report();
    await scenario.pass(120);

    expect(made).toEqual([{ key: 'core/lan', uid: nodeEni?.metadata.uid, resource: RESOURCE }]);
    expect(await attachments()).toEqual([]);
    expect(await scenario.nodeEnis()).toEqual([]);
  });

  it('of others is left alone, and told', async () => {
    const { scenario, kubernetes, ask, attachments } = await start();
    const theirs = { metadata: { namespace: 'core', name: 'lan' }, spec: { config: '{}' } };
    await kubernetes.create(NETWORK_ATTACHMENTS, theirs);

    await ask();
    await scenario.pass(60);
    const told = await scenario.status('data');
    await scenario.deleteNodeEni('data');
    await scenario.pass(300);

    expect(told.conditions).toContainEqual(
      expect.objectContaining({ type: 'PodNetworkReady', status: 'False', reason: 'NameTaken' }),
    );
    expect(await attachments()).toEqual([
      { key: 'core/lan', uid: undefined, resource: undefined, spec: { config: '{}' } },
    ]);
    expect(await scenario.nodeEnis()).toEqual([]);
  });

  it('comes and goes with the labels of the namespace', async () => {
    const { scenario, kubernetes, ask, attachments } = await start();
    const { namespaces: _, ...rest } = NETWORK;
    await ask({ podNetwork: { ...rest, namespaceSelector: { matchLabels: { team: 'core' } } } });
    await kubernetes.create(NAMESPACES, { metadata: { name: 'late' } });
    await scenario.pass(60);
    const first = await attachments();

    const label = (name: string, team: string | null) =>
      kubernetes.patch(NAMESPACES, name, {
        type: 'merge',
        body: { metadata: { labels: { team } } },
      });
    await label('late', 'core');
    await label('core', null);
    await scenario.pass(20);

    expect(first.map(({ key }) => key)).toEqual(['core/lan']);
    expect((await attachments()).map(({ key }) => key)).toEqual(['late/lan']);
  });

  it('comes when a namespace is created that was named before', async () => {
    const { scenario, kubernetes, ask, attachments, condition } = await start();
    await ask({ podNetwork: { ...NETWORK, namespaces: ['later'] } });
    await scenario.pass(60);
    const told = await condition('PodNetworkReady');

    await kubernetes.create(NAMESPACES, { metadata: { name: 'later' } });
    await scenario.pass(20);

    expect(told).toMatchObject({ reason: 'NamespaceNotFound' });
    expect((await attachments()).map(({ key }) => key)).toEqual(['later/lan']);
  });

  it('is renamed, taken away and given its resource by edits', async () => {
    const { scenario, ask, attachments, condition } = await start();
    await ask();
    await scenario.pass(60);

    await ask({ podNetwork: { namespaces: ['core'], name: 'wan' } });
    await scenario.pass(20);
    const renamed = await attachments();
    await scenario.kubernetes.patch(NODE_ENIS, 'data', {
      type: 'merge',
      body: { spec: { podNetwork: null } },
    });
    await scenario.pass(20);

    expect(renamed).toMatchObject([{ key: 'core/wan', resource: undefined }]);
    expect(await attachments()).toEqual([]);
    expect(await condition('PodNetworkReady')).toBeUndefined();
  });

  it('is mended and made again by the sweep when somebody changes it', async () => {
    const { scenario, kubernetes, ask, attachments } = await start();
    await ask();
    await scenario.pass(60);
    const made = await attachments();

    const body = { spec: { config: '{}' } };
    const where = { namespace: 'core' };
    await kubernetes.patch(NETWORK_ATTACHMENTS, 'lan', { type: 'merge', body }, where);
    await scenario.pass(600);
    const mended = await attachments();
    await kubernetes.delete(NETWORK_ATTACHMENTS, 'lan', 'core');
    await scenario.pass(600);

    expect(mended).toEqual(made);
    expect(await attachments()).toEqual(made);
  });

  it('waits for Multus to be installed, and keeps no NodeENI from being deleted', async () => {
    const { scenario, kubernetes, ask, condition } = await start();
    kubernetes.setServed(NETWORK_ATTACHMENTS, false);
    await ask();
    await scenario.pass(60);
    const told = await condition('PodNetworkReady');

    await scenario.deleteNodeEni('data');
    await scenario.pass(300);

    expect(told).toMatchObject({ status: 'False', reason: 'MultusMissing' });
    expect(await scenario.nodeEnis()).toEqual([]);
  });
});
