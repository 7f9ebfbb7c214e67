import { readdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { productCalls } from '#test/e2e/ec2-observer.ts';
import { nodeEniNamed, printManifests } from '#test/e2e/installed-cluster.ts';
import { NODE_ENIS_PATH, NODES_PATH } from '#test/e2e/kube-client.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { agentPods, isReady } from '#test/support/kubelet/agent-pods.ts';
import {
  addressesInside,
  deployment,
  type NetworkPod,
  podsOf,
} from '#test/support/kubelet/network-pods.ts';
import { openPodStage } from '#test/support/kubelet/pod-stage.ts';
import { useKubeletStage } from '#test/support/kubelet/stage.ts';

const NODE = 'node-1';
const NAMESPACE = 'core';
const RESOURCE = 'nodeeni.networking.k8s.aws/data';
const ADDRESSES = 3;
const FULL = { capacity: `${ADDRESSES}`, allocatable: `${ADDRESSES}` };
const NONE = { capacity: '0', allocatable: '0' };
const UNKNOWN = { capacity: undefined, allocatable: undefined };
const APP = { name: 'app', namespace: NAMESPACE };
const SHORT = expect.stringContaining(`Insufficient ${RESOURCE}`);

/**
 * Nothing stands in for anything but EC2 (moto, which has no prefixes: single addresses are asked for), the wire (a veth pair that
 * comes when the controller has attached the ENI), and the plugin ipvlan where the kernel has none: there macvlan is asked for the
 * same. The tests follow the life of one network, each from where the one before has left it.
 */
describe('a Deployment on the network of a NodeENI, on a real node', () => {
  const stage = useKubeletStage(openPodStage);
  const pods = (): Promise<readonly NetworkPod[]> => podsOf(stage().client, APP);
  const running = (all: readonly NetworkPod[]) => all.filter(({ phase }) => phase === 'Running');
  const network = async () => Object.values(await stage().reported(NODE))[0]?.podNetwork;
  const calls = () => productCalls(stage().account.proxy).map(({ action }) => action);

  const scale = async (replicas: number): Promise<void> => {
    const asked = deployment({ ...APP, network: 'data', resourceName: RESOURCE, replicas });
    await stage().apply(stringify(asked));
  };
  /** Waits for so many pods that run, and no others but those that wait for an address. */
  const untilRunning = (count: number, waiting = 0): Promise<readonly NetworkPod[]> =>
    eventually(async () => {
      const all = await pods();
      expect(all.map(({ phase }) => phase).toSorted()).toEqual([
        ...Array<string>(waiting).fill('Pending'),
        ...Array<string>(count).fill('Running'),
      ]);
      for (const { unscheduled } of all.filter(({ phase }) => phase === 'Pending'))
        expect(unscheduled).toEqual(SHORT);
      return running(all);
    });
  const noted = async (): Promise<readonly string[]> => {
    const folder = stage().node(NODE).path('/run/nodeeni/addresses/data');
    return (await readdir(folder).catch(() => [])).filter((name) => isIP(name) !== 0);
  };
  /** Each has one address: in Multus' words, in the kernel, on the ENI in EC2's view; and no two have the same. */
  const expectAddresses = async (all: readonly NetworkPod[]): Promise<void> => {
    const ofNode = await stage().addressesInEc2();
    const given = all.flatMap(({ addresses }) => addresses);
    expect(new Set(given).size).toBe(all.length);
    expect(ofNode).toEqual(expect.arrayContaining(given));
    for (const pod of all)
      expect(await addressesInside(stage().node(NODE), pod)).toEqual(pod.addresses);
  };

  it('waits until the agent has spoken, and then runs with addresses that EC2 shows on the ENI of the node', async () => {
    const { account } = stage();
    const nodeEni = nodeEniNamed('data', {
      ...{ subnetID: account.network.subnets[0]?.id, deviceIndex: 2 },
      securityGroupIDs: [account.network.groups.at(-1)?.id],
      secondaryPrivateIPAddressCount: ADDRESSES,
      podNetwork: { namespaces: [NAMESPACE], resourceName: RESOURCE },
    });
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
    await stage().apply([namespace, nodeEni].map((object) => stringify(object)).join('---\n'));
    await scale(2);
    await eventually(async () =>
      expect(await stage().record()).toMatchObject({ attachmentId: expect.anything() }),
    );

    const beforeAgent = {
      pods: await untilRunning(0, 2),
      offered: await stage().offered(RESOURCE),
    };
    await stage().apply(await printManifests('--agent'));
    await eventually(async () =>
      expect(await network()).toMatchObject({ state: 'NotReady', reason: 'LinkNotReady' }),
    );
    const beforeLink = { pods: await untilRunning(0, 2), offered: await stage().offered(RESOURCE) };
    await stage().plug();
    const found = await untilRunning(2);

    expect(beforeAgent).toEqual({ pods: [], offered: UNKNOWN });
    expect(beforeLink).toEqual({ pods: [], offered: UNKNOWN });
    expect(await stage().offered(RESOURCE)).toEqual(FULL);
    await expectAddresses(found);
  });

  it('gives addresses back when it gets smaller, and its last pod waits when it asks for one more than there are', async () => {
    await eventually(async () => {
      const [agent] = await agentPods(stage());
      expect(agent && isReady(agent)).toBe(true);
    });
    const before = calls().length;
    await scale(ADDRESSES);
    await expectAddresses(await untilRunning(ADDRESSES));
    const full = await noted();

    await scale(1);
    const [alone] = await untilRunning(1);
    await eventually(async () => expect(await noted()).toEqual(alone?.addresses));
    await scale(ADDRESSES + 1);
    const found = await untilRunning(ADDRESSES, 1);

    expect(full).toHaveLength(ADDRESSES);
    await expectAddresses(found);
    expect(calls().slice(before)).toEqual([]);
    await scale(ADDRESSES);
    await untilRunning(ADDRESSES);
  });

  it('runs on through a restart of the kubelet, while the node offers as many as before', async () => {
    const before = await untilRunning(ADDRESSES);
    const version = await stage().version();

    await stage().restartKubelet(NODE);

    await eventually(async () => expect(await pods()).toEqual(before));
    expect(await stage().offeredSince(RESOURCE, version)).toEqual([FULL]);
    await expectAddresses(before);
    // The new kubelet has read its pods when it ends some of them.
    await scale(1);
    expect(before).toEqual(expect.arrayContaining([...(await untilRunning(1))]));
    expect(await stage().offeredSince(RESOURCE, version)).toEqual([FULL]);
  });

  it('has the same addresses offered by a Node that was deleted and registers anew', async () => {
    const [before] = await untilRunning(1);
    const version = await stage().version();

    await stage().restartKubelet(NODE, () =>
      stage().client.call('DELETE', `${NODES_PATH}/${NODE}`),
    );
    await stage().untilNodesReady();

    await eventually(async () => expect(await stage().offered(RESOURCE)).toEqual(FULL));
    expect(await stage().offeredSince(RESOURCE, version)).toEqual([FULL, UNKNOWN, FULL]);
    await scale(ADDRESSES);
    const found = await untilRunning(ADDRESSES);
    expect(found).toContainEqual(before);
    await expectAddresses(found);
  });

  it('keeps its addresses when the NodeENI is deleted, until it ends; then the ENI goes, and nothing is left', async () => {
    await scale(1);
    const before = await untilRunning(1);
    const detached = () => calls().filter((action) => action.startsWith('Detach'));

    await stage().client.call('DELETE', `${NODE_ENIS_PATH}/data`);
    await eventually(async () =>
      expect(await network()).toMatchObject({ state: 'NotReady', reason: 'InUse' }),
    );
    await scale(2);
    const meanwhile = await untilRunning(1, 1);

    expect(meanwhile).toEqual(before);
    expect(await stage().offered(RESOURCE)).toEqual(NONE);
    await expectAddresses(meanwhile);
    expect(detached()).toEqual([]);

    await scale(0);
    await eventually(async () => expect(await stage().client.nodeEni('data')).toBeUndefined());
    expect(detached()).toHaveLength(1);
    expect(calls().filter((action) => action.startsWith('Delete'))).toHaveLength(1);
    expect(await noted()).toEqual([]);
    expect(await stage().offered(RESOURCE)).toEqual(UNKNOWN);
  });
});
