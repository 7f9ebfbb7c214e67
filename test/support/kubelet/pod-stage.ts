import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { printManifests } from '#test/e2e/installed-cluster.ts';
import { NODES_PATH } from '#test/e2e/kube-client.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { startLocal } from '#test/support/local-process.ts';
import type { Attached } from '#test/support/node/node-host.ts';
import { type Account, openAccount } from './account.ts';
import { startKubeletCluster } from './cluster.ts';
import { installMultus } from './multus.ts';
import { type KubeletStage, stageOn } from './stage.ts';

const DEFINITION = new URL('../../fixtures/network-attachment-definition.yaml', import.meta.url);
const CLUSTER = 'e2e';
const NODE = 'node-1';
const LINK = { link: 'ens6', pciAddress: '0000:00:06.0' };

/** How much of a resource a node offers; undefined where it does not know of it. */
export interface Offered {
  readonly capacity: string | undefined;
  readonly allocatable: string | undefined;
}

/** One node with Multus, EC2 by moto, and the controller; without an agent. */
export interface PodStage extends KubeletStage {
  readonly account: Account;
  /** The node's one interface, as the controller keeps it. */
  readonly record: () => Promise<SlotSpec | undefined>;
  /** EC2's part on the host: the link of the ENI that is attached comes, if it is not there; it goes when EC2 detaches the ENI. */
  readonly plug: () => Promise<void>;
  readonly addressesInEc2: () => Promise<readonly string[]>;
  readonly offered: (resourceName: string) => Promise<Offered>;
  /** What the node has offered since it was at that version, in order, the same in a row once. */
  readonly offeredSince: (resourceName: string, version: string) => Promise<readonly Offered[]>;
  /** Of the Node, now. */
  readonly version: () => Promise<string>;
}

type Resources = Readonly<Record<string, string>>;

interface NodeObject {
  readonly metadata: { readonly resourceVersion: string };
  readonly status: { readonly capacity: Resources; readonly allocatable: Resources };
}

const offerOf = (resourceName: string, { status }: NodeObject): Offered => ({
  capacity: status.capacity[resourceName],
  allocatable: status.allocatable[resourceName],
});

/** Starts all of it. */
export const openPodStage = async (): Promise<PodStage> => {
  await using undoing = new AsyncDisposableStack();
  const account = await openAccount(CLUSTER, 1);
  undoing.defer(account.stop);
  const instanceIds = account.instances.map(({ instanceId }) => instanceId);
  const cluster = await startKubeletCluster({ [NODE]: { ng: 'multi-eni' } }, instanceIds);
  undoing.defer(cluster.stop);
  const { server, client } = cluster;
  const stage = stageOn(cluster);
  const node = stage.node(NODE);
  await stage.apply(await printManifests());
  await stage.apply(readFileSync(DEFINITION, 'utf8'));
  await server.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  await installMultus(node, server.adminToken);
  await stage.untilNodesReady();
  const { kubeconfigFile } = server;
  const place = { kubeconfigFile, awsUrl: account.proxy.url, cluster: CLUSTER };
  undoing.use(await startLocal({ ...place, sweepInterval: '1h' }));

  let plugged: Attached | undefined;
  account.proxy.onCall(async ({ action }, status) => {
    if (action !== 'DetachNetworkInterface' || status !== 200 || plugged === undefined) return;
    await node.host.detach(plugged);
    plugged = undefined;
  });
  const record: PodStage['record'] = async () => {
    const [state] = await client.states();
    return Object.values(state?.spec.interfaces ?? {})[0];
  };
  const nodeObject = async (): Promise<NodeObject> =>
    (await client.call('GET', `${NODES_PATH}/${NODE}`)).body as NodeObject;
  const whole = undoing.move();
  return {
    ...{ ...stage, account, record },
    async plug() {
      if (plugged !== undefined) return;
      const macAddress = await eventually(async () => {
        const found = await record();
        if (found?.macAddress === undefined || found.attachmentId === undefined)
          throw new Error('Nothing is attached yet.');
        return found.macAddress;
      });
      [plugged] = await node.host.attach({ ...LINK, macAddress });
    },
    addressesInEc2: async () => account.addressesOf((await record())?.eniId ?? ''),
    offered: async (resourceName) => offerOf(resourceName, await nodeObject()),
    version: async () => (await nodeObject()).metadata.resourceVersion,
    async offeredSince(resourceName, version) {
      const query = `watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3D${NODE}`;
      const path = `${NODES_PATH}?${query}&resourceVersion=${version}`;
      const { stdout } = await server.kubectl(['get', '--raw', path]);
      const offers = stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { readonly object: NodeObject }).object)
        .map((object) => offerOf(resourceName, object));
      return offers.filter((offer, at) => !isDeepStrictEqual(offer, offers[at - 1]));
    },
    stop: () => whole.disposeAsync(),
  };
};
