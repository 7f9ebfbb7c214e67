import type { HostStatus, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { PodNetworkReport } from '#core/apis/v1alpha1/pod-network-state.ts';
import { laterPartsOf } from '#core/instance/host-fields.ts';
import { addressesOf } from '#core/instance/pod-network.ts';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import type { Scenario } from './scenario.ts';

/** What the agents of hosts say that make networks for pods, at the moment when they are asked to. */
export const createNetworkHosts = ({ kubernetes, states }: Scenario) => {
  const agent = kubernetes.as('agent');

  const rowFor = (record: SlotSpec, network: Partial<PodNetworkReport>): HostStatus => {
    const { eniId = '', generation, phase, podNetwork } = record;
    return {
      eniId,
      generation,
      understood: { generation, parts: [...laterPartsOf(record)] },
      ...(phase === 'Releasing' ? { released: true } : { configured: true }),
      ...(podNetwork && {
        podNetwork: {
          ...{ state: 'Ready', reason: 'Ready', message: '', addressesInUse: 0 },
          addresses: addressesOf(podNetwork),
          ...network,
        },
      }),
    };
  };

  /** Every agent answers to what its record says now; `network`: what is not as it should be. */
  const report = async (network: Partial<PodNetworkReport> = {}): Promise<void> => {
    for (const { metadata, spec } of await states()) {
      const rows = Object.entries(spec.interfaces ?? {}).map(
        ([slot, record]) => [slot, rowFor(record, network)] as const,
      );
      const body = { status: { host: Object.fromEntries(rows) } };
      await agent.patch(
        NODE_ENI_STATES,
        metadata.name,
        { type: 'merge', body },
        { subresource: 'status' },
      );
    }
  };

  return { report };
};
