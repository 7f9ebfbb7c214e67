import { type NodeEniState, nodeEniNameOf, type Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { rowsOf, unreadyReason } from '#core/controllers/roll-up/rows.ts';
import type { Explanation } from '#core/explanation.ts';
import { isNetworkReady } from '#core/host-report.ts';
import { addressesOf } from '#core/instance/pod-network.ts';

/** How the network for pods of one slot stands on its node. */
export interface PodNetwork extends Explanation {
  readonly slot: Slot;
  /** As pods ask for it. */
  readonly name: string;
  readonly type: PodNetworkRecord['type'];
  /** What the scheduler counts, if anything. */
  readonly resourceName?: string;
  /** True when a pod that asks for it on this node gets it. */
  readonly isReady: boolean;
  /** For how many pods the interface has addresses. */
  readonly addresses: number;
  /** How many of them were taken when the host last wrote. */
  readonly addressesInUse?: number;
}

/** The networks of an instance, in the order of their slots. */
export const podNetworksOf = (state: NodeEniState | undefined): readonly PodNetwork[] => {
  const { interfaces = {} } = state?.spec ?? {};
  const names = [...new Set(Object.keys(interfaces).map(nodeEniNameOf))].toSorted();
  return names
    .flatMap((name) => (state === undefined ? [] : rowsOf(name, [state])))
    .flatMap((row): readonly PodNetwork[] => {
      const { slot, record, host } = row;
      if (record?.podNetwork === undefined) return [];
      const { name, type, resourceName } = record.podNetwork;
      const why = unreadyReason(row);
      const isReady = why === undefined && host !== undefined && isNetworkReady(host, record);
      return [
        {
          slot,
          name,
          type,
          ...(resourceName !== undefined && { resourceName }),
          isReady,
          ...(why ?? { reason: 'Ready', message: host?.podNetwork?.message ?? '' }),
          addresses: addressesOf(record.podNetwork),
          ...(host?.podNetwork && { addressesInUse: host.podNetwork.addressesInUse }),
        },
      ];
    });
};

/** What a person does about a network that is not ready, by its reason; for all others time does it. */
export const NETWORK_REMEDIES: Readonly<Record<string, string>> = {
  BrokenNetworkFile: 'mending or removing that file on the node',
  FileNotWritten: 'letting the agent write that folder of the node',
  ForeignFile: 'removing that file, or another podNetwork.name',
  MultusMissing: 'installing Multus with its NetworkAttachmentDefinition',
  MultusNotFound: 'installing Multus on the node',
  MultusReadsElsewhere: 'writing that line, and restarting the pods of Multus',
  NameTaken: 'deleting that NetworkAttachmentDefinition, or another podNetwork.name',
  NamespaceNotFound: 'making that namespace, or taking it out of podNetwork.namespaces',
  NetworkNameInvalid: 'another podNetwork.name',
  NetworkNeedsAgent: 'running the agent on the node',
  NoRanges: 'ipv4PrefixCount or another count of addresses in the NodeENI',
  PluginMissing: 'installing the CNI plugins into /opt/cni/bin of the node',
  ResourceTaken: 'another podNetwork.resourceName',
};

/** What keeps pods from asking for a network, on whatever node: how it stands in no row. */
export const CLUSTER_WIDE_REASONS: ReadonlySet<string> = new Set([
  'MultusMissing',
  'NameTaken',
  'NamespaceNotFound',
]);
