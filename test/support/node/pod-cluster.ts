import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { openScene, type Scene } from '#test/e2e/scene.ts';
import { startStage } from '#test/e2e/stage.ts';
import { ensureCniBinaries } from '#test/support/servers/cni-binaries.ts';
import { awsClientConfig } from '#test/support/servers/fleet.ts';
import type { FleetNode } from '#test/support/servers/fleet-nodes.ts';
import { type AgentProcess, startAgentProcess } from './agent-process.ts';
import { createNodeHost, type NodeHost } from './node-host.ts';
import { installNetworkKind } from './pod-stage.ts';
import { createPodRuntime, defineNetwork, type PodRuntime } from './pods.ts';
import { openRelay, type Relay } from './relay.ts';

/** A node of the cluster: a host in a namespace, its agent, and what runs pods on it. */
export type PodNode = {
  readonly node: FleetNode;
  readonly host: NodeHost;
  readonly relay: Relay;
  readonly runtime: PodRuntime;
  readonly startAgent: () => AgentProcess;
  /** The record of its one interface, as the controller keeps it. */
  readonly record: () => Promise<SlotSpec | undefined>;
  /** How the agent says that the network stands. */
  readonly network: () => Promise<
    { readonly state: string; readonly addresses: number } | undefined
  >;
  /** Addresses that EC2 shows on its ENI beside the primary one. */
  readonly addressesInEc2: () => Promise<readonly string[]>;
  readonly reserved: () => readonly string[];
};

/** The whole product: EC2 by moto, a real API server, the controller, and hosts whose links come when EC2 attaches them. */
export type PodCluster = {
  readonly scene: Scene;
  readonly nodes: readonly PodNode[];
  readonly close: () => Promise<void>;
};

/** 50 addresses an interface (DescribeInstanceTypes, m5.16xlarge). */
const INSTANCE_TYPE = 'm5.16xlarge';
const PCI_ADDRESS = '0000:00:06.0';

const openNode = async (
  scene: Scene,
  node: FleetNode,
  undo: (step: () => unknown) => void,
): Promise<PodNode> => {
  const { stage, client } = scene;
  const host = await createNodeHost();
  undo(host.remove);
  const relay = await openRelay(host.namespace, stage.url, host.tree.path('api.socket'));
  undo(relay.close);
  const runtime = await createPodRuntime({
    ...{ host, client, binaries: await ensureCniBinaries() },
    server: { ...stage, url: relay.url },
  });
  const tokenFile = host.tree.path('token');
  await writeFile(tokenFile, stage.adminToken);
  // Beside the proxy, which counts what the product asks.
  const ec2 = new EC2Client(awsClientConfig(stage.motoUrl));
  const state = async () =>
    (await client.states()).find(({ metadata }) => metadata.name === node.instanceId);
  const record: PodNode['record'] = async () =>
    Object.values((await state())?.spec.interfaces ?? {})[0];

  return {
    node,
    host,
    relay,
    runtime,
    record,
    network: async () => Object.values((await state())?.status?.host ?? {})[0]?.podNetwork,
    startAgent: () =>
      startAgentProcess(host.namespace, [
        ...['--server', relay.url, '--ca-file', stage.caFile, '--token-file', tokenFile],
        ...['--instance-id', node.instanceId, ...host.tree.options, ...runtime.options],
      ]),
    async addressesInEc2() {
      const { eniId = '' } = (await record()) ?? {};
      const { NetworkInterfaces: [eni] = [] } = await ec2.send(
        new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [eniId] }),
      );
      return (eni?.PrivateIpAddresses ?? []).flatMap(({ Primary, PrivateIpAddress }) =>
        Primary === true || PrivateIpAddress === undefined ? [] : [PrivateIpAddress],
      );
    },
    reserved: () =>
      readdirSync(join(runtime.folders.addresses, 'data')).filter((name) => isIP(name) !== 0),
  };
};

/** EC2's part on the host: the link comes once the attachment is there. */
const plugWhenAttached = async ({ record, host }: PodNode): Promise<void> => {
  const macAddress = await eventually(async () => {
    const found = await record();
    if (found?.macAddress === undefined || found.attachmentId === undefined)
      throw new Error('Nothing is attached yet.');
    return found.macAddress;
  });
  await host.attach({ link: 'ens6', macAddress, pciAddress: PCI_ADDRESS });
};

/** Starts everything, and waits until the network `data` is ready on each node. In: how many nodes, and addresses on each. */
export const openPodCluster = async (size: number, addresses: number): Promise<PodCluster> => {
  const steps: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const step of steps.toReversed()) await step();
  };
  try {
    const stage = await startStage();
    steps.push(stage.stop);
    await installNetworkKind(stage.client);
    await defineNetwork(stage.client, 'data');
    const scene = await openScene(stage, {
      ...{ size, zones: ['us-east-1a'], instanceType: INSTANCE_TYPE },
    });
    steps.push(() => scene[Symbol.asyncDispose]());
    const nodes: PodNode[] = [];
    for (const node of scene.fleet.nodes)
      nodes.push(await openNode(scene, node, (step) => steps.push(step)));
    await scene.startLocal({ sweepInterval: '1h' });
    const [subnet] = scene.fleet.subnets;
    const group = scene.fleet.groups.at(-1);
    const { status, body } = await scene.client.call(
      'POST',
      '/apis/networking.k8s.aws/v1alpha1/nodeenis',
      {
        ...{ apiVersion: 'networking.k8s.aws/v1alpha1', kind: 'NodeENI' },
        metadata: { name: 'data' },
        spec: {
          ...{ nodeSelector: { ng: 'multi-eni' }, deviceIndex: 2, mtu: 9001 },
          ...{ subnetID: subnet?.id, securityGroupIDs: [group?.id] },
          secondaryPrivateIPAddressCount: addresses,
          // The definition of these tests is in another namespace.
          podNetwork: { namespaces: ['core'] },
        },
      },
    );
    if (status !== 201) throw new Error(JSON.stringify(body));
    await Promise.all(nodes.map(plugWhenAttached));
    return { scene, nodes, close };
  } catch (error) {
    await close();
    throw error;
  }
};
