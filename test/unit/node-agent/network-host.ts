import { readdirSync, readFileSync } from 'node:fs';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import type { Settings } from '#node-agent/agent/settings.ts';
import { hostState, SLOT, slotSpec } from './builders.ts';
import { createScratchHost } from './scratch-host.ts';

export const PCI = '0000:00:06.0';
export const NETWORKS = 'etc/cni/multus/net.d';
export const FILE = `${NETWORKS}/00-nodeeni-user-plane.conflist`;

/** The record of a network of both families, as the controller writes it. */
export const NETWORK: PodNetworkRecord = {
  name: 'user-plane',
  type: 'ipvlan',
  mode: 'l2',
  spare: 4,
  subnets: [
    { cidr: '10.0.64.0/24', gateway: '10.0.64.1', ranges: ['10.0.64.32/28', '10.0.64.71/32'] },
    {
      cidr: '2600:1f14:abc:de00::/64',
      gateway: 'fe80:ec2::1',
      ranges: ['2600:1f14:abc:de00:1::/80'],
    },
  ],
};

/** A host with one ENI, a thin Multus and the plugins. `ask` has the agent bring the host to a record, and tells of its slot. */
export const createNetworkHost = (settings: Partial<Settings> = {}) => {
  const scratch = createScratchHost({ settings });
  const { kernel, tree } = scratch;
  kernel.plug({ pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' });
  tree.file('etc/cni/net.d/00-multus.conf', '{"name":"m","type":"multus","kubeconfig":"/k"}');
  for (const plugin of ['ipvlan', 'host-device', 'host-local'])
    tree.file(`opt/cni/bin/${plugin}`, '');
  let agent = scratch.startAgent();
  let generation = 0;
  const read = (path: string) => readFileSync(tree.path(path), 'utf8');
  return {
    ...scratch,
    ask: async (podNetwork: PodNetworkRecord | undefined, changes: Partial<SlotSpec> = {}) => {
      generation += 1;
      const record = slotSpec({ ...changes, ...(podNetwork && { podNetwork }), generation });
      const { status } = await agent.reconcile(hostState({ [SLOT]: record }));
      return status[SLOT];
    },
    askNothing: () => agent.reconcile(hostState({})),
    /** In: the folder for networks, where its settings name another one now. */
    restartAgent: (networkFolder?: string) => {
      agent = scratch.startAgent(networkFolder);
    },
    file: () => JSON.parse(read(FILE)),
    text: (name: string) => read(`${NETWORKS}/${name}`),
    /** Names in the folder of networks. */
    files: (folder = NETWORKS): readonly string[] => readdirSync(tree.path(folder)),
    /** A pod has the address, as host-local notes it. */
    take: (address: string) =>
      tree.file(`run/nodeeni/addresses/user-plane/${address}`, 'container\r\neth0'),
  };
};
