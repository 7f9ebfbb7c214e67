import type { HostStatus, NodeEniState, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { PodNetworkRecord, PodNetworkReport } from '#core/apis/v1alpha1/pod-network-state.ts';
import { laterPartsOf } from '#core/instance/host-fields.ts';
import { addressesOf } from '#core/instance/pod-network.ts';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import type { SimulatedKubernetes } from '#simulator/kubernetes/simulated-kubernetes.ts';

const networkFor = (network: PodNetworkRecord): PodNetworkReport => ({
  ...{ state: 'Ready', reason: 'Ready', message: '', addressesInUse: 0 },
  addresses: addressesOf(network),
});

/** What an agent makes true on its host at once, as it would report it. */
const rowFor = (record: SlotSpec): HostStatus => ({
  eniId: record.eniId ?? '',
  generation: record.generation,
  ...(record.podNetwork && {
    understood: { generation: record.generation, parts: [...laterPartsOf(record)] },
    podNetwork: networkFor(record.podNetwork),
  }),
  ...(record.phase === 'Releasing'
    ? { released: true }
    : { interfaceName: `ens${5 + (record.deviceIndex ?? 0)}`, configured: true }),
});

/** A merge patch keeps what it does not name: the agent takes back what a row said before. */
const nothingOf = (row: HostStatus | undefined): object =>
  Object.fromEntries(Object.keys(row ?? {}).map((field) => [field, null]));

const isSame = (left: HostStatus | undefined, right: HostStatus): boolean =>
  left?.eniId === right.eniId &&
  left.generation === right.generation &&
  left.configured === right.configured &&
  left.reason === right.reason &&
  left.podNetwork?.state === right.podNetwork?.state &&
  left.released === right.released;

/** What an agent wrote, and whether its host took commands then. */
interface Written {
  readonly row: HostStatus;
  readonly isByCommand: boolean;
}

/** The product itself forgets what a host said that takes commands, when that host has booted. */
const isToStay = (before: Written | undefined, { eniId, host }: SlotSpec): boolean =>
  before !== undefined && before.row.eniId === eniId && !before.isByCommand && host === undefined;

/**
 * Agents on some of the hosts. Out: `act`, one turn of all of them, which tells what it found broken: a row that an
 * agent wrote and that is gone although its slot still holds the same ENI.
 */
export const createHosts = (kubernetes: SimulatedKubernetes) => {
  const withAgent = new Set<string>();
  const written = new Map<string, Written>();
  const agent = kubernetes.as('system:serviceaccount:kube-system:nodeeni-agent');

  const send = async ({ metadata }: NodeEniState, host: Record<string, object>): Promise<void> => {
    if (Object.keys(host).length === 0) return;
    const patch = { type: 'merge', body: { status: { host } } } as const;
    await agent.patch(NODE_ENI_STATES, metadata.name, patch, { subresource: 'status' });
  };

  const actOn = async (state: NodeEniState): Promise<readonly string[]> => {
    const broken: string[] = [];
    const host: Record<string, object> = {};
    const news = new Map<string, Written>();
    for (const [slot, record] of Object.entries(state.spec.interfaces ?? {})) {
      if (record.eniId === undefined) continue;
      const key = `${state.metadata.uid} ${slot}`;
      const stored = state.status?.host?.[slot];
      const before = written.get(key);
      if (stored === undefined && isToStay(before, record))
        broken.push(`the agent's row of ${slot} on ${state.metadata.name} was erased`);
      const row = rowFor(record);
      if (!isSame(stored, row)) host[slot] = { ...nothingOf(stored), ...row };
      news.set(key, { row, isByCommand: record.host !== undefined });
    }
    await send(state, host);
    for (const [key, one] of news) written.set(key, one);
    return broken;
  };

  return {
    install: (instanceId: string) => withAgent.add(instanceId),
    hasAgent: (instanceId: string) => withAgent.has(instanceId),
    async act(states: readonly NodeEniState[]): Promise<readonly string[]> {
      const broken: string[] = [];
      for (const state of states) {
        if (!withAgent.has(state.metadata.name)) continue;
        // An agent that cannot reach the API server tries again at its next turn.
        broken.push(...(await actOn(state).catch(() => [])));
      }
      return broken;
    },
  };
};
