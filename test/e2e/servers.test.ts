import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAutoScalingGroup } from '#test/support/servers/auto-scaling-group.ts';
import { type AwsProxy, startAwsProxy } from '#test/support/servers/aws-proxy.ts';
import { awsClientConfig, createFleet, type Fleet } from '#test/support/servers/fleet.ts';
import type { FleetNode } from '#test/support/servers/fleet-nodes.ts';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { type Moto, startMoto } from '#test/support/servers/moto.ts';

/** The first run of all builds the servers, which takes minutes. */
const buildMs = 900_000;

const viewer = { name: 'viewer', groups: ['viewers'], token: 'viewer-token' };

let kube: KubeApiserver;
let moto: Moto;
let proxy: AwsProxy;
let fleet: Fleet;
let ec2: EC2Client;
let autoScaling: AutoScalingClient;

beforeAll(async () => {
  kube = await startKubeApiserver({ users: [viewer] });
  moto = await startMoto();
  proxy = await startAwsProxy({ target: moto.url });
  fleet = await createFleet({ awsUrl: moto.url, kube, size: 3, labels: { pool: 'fast' } });
  // One attempt a call, so that the counts below are those of the test and not of the SDK.
  const config = { ...awsClientConfig(proxy.url), maxAttempts: 1 };
  ec2 = new EC2Client(config);
  autoScaling = new AutoScalingClient(config);
}, buildMs);

afterAll(async () => {
  await proxy?.stop();
  await moto?.stop();
  await kube?.stop();
});

beforeEach(() => proxy.reset());

const nodeAt = (index: number): FleetNode => {
  const node = fleet.nodes[index];
  if (node === undefined) throw new Error(`The fleet has no node ${index}.`);
  return node;
};

const createInterface = async (
  node: FleetNode,
  token: string,
  description = '',
): Promise<string> => {
  const { NetworkInterface } = await ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId: node.subnetId,
      Groups: fleet.groups.filter(({ name }) => name === 'interfaces').map(({ id }) => id),
      Description: description,
      ClientToken: token,
    }),
  );
  return NetworkInterface?.NetworkInterfaceId ?? '';
};

const attach = (node: FleetNode, interfaceId: string, index: number) =>
  ec2.send(
    new AttachNetworkInterfaceCommand({
      InstanceId: node.instanceId,
      NetworkInterfaceId: interfaceId,
      DeviceIndex: index,
    }),
  );

const detach = (attachmentId: string | undefined) =>
  ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId }));

const remove = (interfaceId: string) =>
  ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));

const describeInterface = async (interfaceId: string) => {
  const { NetworkInterfaces = [] } = await ec2.send(
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] }),
  );
  return NetworkInterfaces[0];
};

describe('kube-apiserver', () => {
  it('answers with the version it was built from', async () => {
    const { stdout, code } = await kube.kubectl(['version', '--output', 'json']);

    expect(code).toBe(0);
    expect(JSON.parse(stdout).serverVersion.gitVersion).toMatch(/^v1\.\d+\.\d+/);
  });

  it('stores an applied Node and refuses one that is no Node', async () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'alone' } };

    const applied = await kube.kubectl(['apply', '-f', '-'], JSON.stringify(node));
    const refused = await kube.kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({ ...node, metadata: { name: 'Not A Name' } }),
    );

    expect(applied).toMatchObject({ code: 0, stdout: 'node/alone created\n' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('a lowercase RFC 1123 subdomain');
  });

  it('knows extra users and grants them nothing by itself', async () => {
    const { code, stderr } = await kube.kubectl([
      `--kubeconfig=${kube.kubeconfigFileOf(viewer.name)}`,
      'get',
      'nodes',
    ]);

    expect(code).toBe(1);
    expect(stderr).toContain('User "viewer" cannot list resource "nodes"');
  });

  it('stops with its etcd and answers no more', async () => {
    const second = await startKubeApiserver();

    await second.stop();

    expect((await second.kubectl(['get', 'nodes'])).code).toBe(1);
  });
});

describe('fleet', () => {
  it('spreads instances over the zones and tags them as the cluster’s own', async () => {
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [{ Name: 'tag:kubernetes.io/cluster/e2e', Values: ['owned'] }],
      }),
    );

    const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
    const instanceIds = instances.map(({ InstanceId }) => InstanceId);
    expect(new Set(instanceIds)).toEqual(new Set(fleet.nodes.map(({ instanceId }) => instanceId)));
    expect(fleet.nodes.map(({ zone }) => zone)).toEqual(['us-east-1a', 'us-east-1a', 'us-east-1b']);
  });

  it('makes a Node of each instance, with its provider id and labels', async () => {
    const { stdout } = await kube.kubectl(['get', 'nodes', '-l', 'pool=fast', '-o', 'json']);

    const items: readonly { metadata: { name: string }; spec: { providerID: string } }[] =
      JSON.parse(stdout).items;
    const providerIds = new Map(
      items.map(({ metadata, spec }) => [metadata.name, spec.providerID]),
    );
    expect(providerIds).toEqual(
      new Map(fleet.nodes.map(({ name, providerId }) => [name, providerId])),
    );
  });

  it('grows by nodes with labels of their own', async () => {
    const added = await fleet.addNodes(2, { pool: 'late' });

    const { stdout } = await kube.kubectl(['get', 'nodes', '-l', 'pool=late', '-o', 'name']);
    expect(stdout.trim().split('\n').sort()).toEqual(
      added.map(({ name }) => `node/${name}`).sort(),
    );
  });
});

describe('EC2 through the proxy', () => {
  it('creates, attaches, detaches and deletes, and counts each call', async () => {
    const node = nodeAt(0);
    const interfaceId = await createInterface(node, 'whole-life');
    const { AttachmentId } = await attach(node, interfaceId, 1);
    expect((await describeInterface(interfaceId))?.Attachment).toMatchObject({
      InstanceId: node.instanceId,
      DeviceIndex: 1,
    });
    await detach(AttachmentId);
    await remove(interfaceId);

    expect(proxy.counts()).toEqual({
      CreateNetworkInterface: 1,
      AttachNetworkInterface: 1,
      DescribeNetworkInterfaces: 1,
      DetachNetworkInterface: 1,
      DeleteNetworkInterface: 1,
    });
    expect(proxy.calls[1]?.params.get('InstanceId')).toBe(node.instanceId);
  });

  it('makes one interface for one client token, even when asked twice at once', async () => {
    const [first, second] = await Promise.all([
      createInterface(nodeAt(0), 'same'),
      createInterface(nodeAt(0), 'same'),
    ]);

    expect(second).toBe(first);
    await expect(createInterface(nodeAt(0), 'same', 'different')).rejects.toMatchObject({
      name: 'IdempotentParameterMismatch',
    });
    await remove(first);
    await expect(createInterface(nodeAt(0), 'same')).resolves.toBe(first);
  });

  it('refuses an index in use and an interface in use', async () => {
    const node = nodeAt(1);
    const first = await createInterface(node, 'first');
    const second = await createInterface(node, 'second');
    await attach(node, first, 2);

    await expect(attach(node, second, 2)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Instance '${node.instanceId}' already has an interface attached at device index '2'.`,
    });
    await expect(attach(node, first, 3)).rejects.toMatchObject({
      name: 'InvalidNetworkInterface.InUse',
    });
  });

  it('lets one of two attaches have the index they race for', async () => {
    const node = nodeAt(2);
    const interfaceIds = [
      await createInterface(node, 'racer-1'),
      await createInterface(node, 'racer-2'),
    ];

    const results = await Promise.allSettled(interfaceIds.map((id) => attach(node, id, 1)));

    const statuses = results.map(({ status }) => status);
    expect(statuses).toHaveLength(2);
    expect(statuses).toEqual(expect.arrayContaining(['fulfilled', 'rejected']));
  });

  it('refuses to delete an attached interface', async () => {
    const interfaceId = await createInterface(nodeAt(0), 'busy');
    await attach(nodeAt(0), interfaceId, 4);

    await expect(remove(interfaceId)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Network interface '${interfaceId}' is currently in use.`,
    });
  });

  it('passes errors of the emulator on as they are', async () => {
    await expect(attach(nodeAt(0), 'eni-0', 5)).rejects.toMatchObject({
      name: 'InvalidNetworkInterfaceID.NotFound',
    });
  });

  it('shows an attached interface with its own groups only', async () => {
    const interfaceId = await createInterface(nodeAt(0), 'groups');
    await attach(nodeAt(0), interfaceId, 6);
    const groupNames = async () =>
      (await describeInterface(interfaceId))?.Groups?.map(({ GroupName }) => GroupName);

    expect(await groupNames()).toEqual(['interfaces']);

    const groupIds = fleet.groups.map(({ id }) => id);
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: interfaceId,
        Groups: groupIds,
      }),
    );
    expect((await groupNames())?.sort()).toEqual(['interfaces', 'nodes']);
  });

  it('deletes marked interfaces with their instance and sets the others free', async () => {
    const [node] = await fleet.addNodes(1, { pool: 'doomed' });
    if (node === undefined) throw new Error('No node was added.');
    const kept = await createInterface(node, 'kept');
    const marked = await createInterface(node, 'marked');
    await attach(node, kept, 1);
    const { AttachmentId } = await attach(node, marked, 2);
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: marked,
        Attachment: { AttachmentId, DeleteOnTermination: true },
      }),
    );
    expect((await describeInterface(marked))?.Attachment?.DeleteOnTermination).toBe(true);

    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [node.instanceId] }));

    expect((await describeInterface(kept))?.Status).toBe('available');
    await expect(describeInterface(marked)).rejects.toMatchObject({
      name: 'InvalidNetworkInterfaceID.NotFound',
    });
  });

  it('fails the next calls of an action on order and then no more', async () => {
    proxy.failNext('DescribeInstances', 'RequestLimitExceeded', 2);
    const describeInstances = () => ec2.send(new DescribeInstancesCommand({}));

    const failure = { name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } };
    await expect(describeInstances()).rejects.toMatchObject(failure);
    await expect(describeInstances()).rejects.toMatchObject(failure);
    await expect(describeInstances()).resolves.toBeDefined();
  });

  it('loses an answer on order after doing the call', async () => {
    proxy.loseNextAnswer('CreateNetworkInterface');

    await expect(createInterface(nodeAt(0), 'lost', 'lost')).rejects.toThrow();

    const { NetworkInterfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: 'description', Values: ['lost'] }],
      }),
    );
    const [created] = NetworkInterfaces;
    expect(await createInterface(nodeAt(0), 'lost', 'lost')).toBe(created?.NetworkInterfaceId);
  });

  it('tells listeners of a call before its caller has the answer', async () => {
    const order: string[] = [];
    const unsubscribe = proxy.onCall(({ action }, status) => {
      order.push(`${action} ${status}`);
    });

    await ec2.send(new DescribeInstancesCommand({}));
    order.push('answered');
    unsubscribe();
    await ec2.send(new DescribeInstancesCommand({}));

    expect(order).toEqual(['DescribeInstances 200', 'answered']);
  });

  it('adds the latency asked for to each EC2 call', async () => {
    await using slow = await startAwsProxy({ target: moto.url, latencyMs: 150 });
    const slowEc2 = new EC2Client(awsClientConfig(slow.url));
    const startedAt = performance.now();

    await slowEc2.send(new DescribeInstancesCommand({}));

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(149);
  });
});

describe('Auto Scaling through the proxy', () => {
  const stateInInstances = async (instanceId: string) => {
    const { AutoScalingInstances = [] } = await autoScaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
    );
    return AutoScalingInstances[0]?.LifecycleState;
  };

  const statesInGroups = async () => {
    const { AutoScalingGroups = [] } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({}),
    );
    const instances = AutoScalingGroups.flatMap(({ Instances = [] }) => Instances);
    return instances.map(({ LifecycleState }) => LifecycleState);
  };

  it('shows an instance waiting until its action is completed, which works once', async () => {
    const { name, hook } = await createAutoScalingGroup({ awsUrl: moto.url, fleet });
    const { instanceId } = nodeAt(0);
    const action = {
      AutoScalingGroupName: name,
      LifecycleHookName: hook,
      InstanceId: instanceId,
      LifecycleActionToken: 'token-1',
    };
    const complete = () =>
      autoScaling.send(
        new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: 'CONTINUE' }),
      );
    const heartbeat = () =>
      autoScaling.send(new RecordLifecycleActionHeartbeatCommand({ ...action }));
    proxy.setLifecycleState(instanceId, 'Pending:Wait', 'token-1');

    expect(await stateInInstances(instanceId)).toBe('Pending:Wait');
    expect(await statesInGroups()).toEqual(['Pending:Wait', 'InService', 'InService']);
    await heartbeat();
    await complete();

    expect(await stateInInstances(instanceId)).toBe('InService');
    expect(await statesInGroups()).toEqual(['InService', 'InService', 'InService']);
    await expect(complete()).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(heartbeat()).rejects.toMatchObject({ name: 'ValidationError' });
    expect(proxy.completions).toEqual([
      { group: name, hook, instanceId, token: 'token-1', result: 'CONTINUE' },
    ]);
    expect(proxy.heartbeats).toHaveLength(1);
    expect(proxy.counts()).toMatchObject({ CompleteLifecycleAction: 2 });
  });

  it('completes by token alone, and lets a new wait of the same instance end too', async () => {
    const { instanceId } = nodeAt(1);
    const complete = (LifecycleActionToken: string) =>
      autoScaling.send(
        new CompleteLifecycleActionCommand({
          AutoScalingGroupName: 'e2e-nodes',
          LifecycleHookName: 'e2e-interfaces',
          LifecycleActionToken,
          LifecycleActionResult: 'ABANDON',
        }),
      );
    proxy.setLifecycleState(instanceId, 'Pending:Wait', 'token-2');
    await complete('token-2');
    await expect(complete('token-2')).rejects.toMatchObject({ name: 'ValidationError' });

    proxy.setLifecycleState(instanceId, 'Terminating:Wait', 'token-3');
    expect(await stateInInstances(instanceId)).toBe('Terminating:Wait');
    await complete('token-3');
    expect(await stateInInstances(instanceId)).toBe('InService');
  });
});
