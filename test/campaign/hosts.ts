import type { HostStatus, NodeEniState, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import type { SimulatedKubernetes } from '#simulator/kubernetes/simulated-kubernetes.ts';

/** What an agent makes true on its host at once, as it would report it. */
const rowFor = (record: SlotSpec): HostStatus => ({
  eniId: record.eniId ?? '',
  generation: record.generation,
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
  left.released === right.released;

/** The product itself forgets what a host said that takes commands, when that host has booted. */
const isToStay = (before: HostStatus | undefined, { eniId, host }: SlotSpec): boolean =>
  before?.eniId === eniId && host === undefined;

/**
 * Agents on some of the hosts. Out: `act`, one turn of all of them, which tells what it found broken: a row that an
 * agent wrote and that is gone although its slot still holds the same ENI.
 */
export const createHosts = (kubernetes: SimulatedKubernetes) => {
  const withAgent = new Set<string>();
  const written = new Map<string, HostStatus>();
  const agent = kubernetes.as('system:serviceaccount:kube-system:nodeeni-agent');

  const actOn = async (state: NodeEniState): Promise<readonly string[]> => {
    const broken: string[] = [];
    const host: Record<string, object> = {};
    for (const [slot, record] of Object.entries(state.spec.interfaces ?? {})) {
      if (record.eniId === undefined) continue;
      const key = `${state.metadata.uid} ${slot}`;
      const stored = state.status?.host?.[slot];
      const before = written.get(key);
      if (stored === undefined && isToStay(before, record))
        broken.push(`the agent's row of ${slot} on ${state.metadata.name} was erased`);
      const row = rowFor(record);
      if (!isSame(stored, row)) host[slot] = { ...nothingOf(stored), ...row };
      written.set(key, row);
    }
    if (Object.keys(host).length > 0)
      await agent.patch(
        NODE_ENI_STATES,
        state.metadata.name,
        { type: 'merge', body: { status: { host } } },
        { subresource: 'status' },
      );
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
