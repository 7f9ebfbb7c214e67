import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { planCapacity } from '#core/controllers/node-capacity/plan.ts';
import type { Explanation } from '#core/explanation.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import { concernsNetwork, NETWORK_CONDITION } from '#core/network-standing.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import {
  CLUSTER_WIDE_REASONS,
  NETWORK_REMEDIES,
  type PodNetwork,
  podNetworksOf,
} from '../pod-networks.ts';
import type { Told } from './outcome.ts';

interface Planned {
  readonly plan: InstancePlan;
  readonly observed: Observed;
}

/** Networks whose interface is there and that pods do not get yet: the host is waited for, or a person. */
export const unreadyNetworks = ({ plan, observed }: Planned): readonly PodNetwork[] => {
  const attached = plan.slots.filter(({ report }) => report?.reason === 'Attached');
  const slots = new Set(attached.map(({ slot }) => slot));
  return podNetworksOf(observed.state).filter(({ slot, isReady }) => slots.has(slot) && !isReady);
};

/** What the node is to offer: how many pods of each network, or `null` for a resource that is to go. */
export const resourceChanges = ({ plan, observed }: Planned) =>
  planCapacity(plan, observed).changes;

/** What the networks of an instance wait for, and what its node is to offer to pods. */
export const toldOfNetworks = (planned: Planned): readonly Told[] => {
  const { extendedResources = {} } = planned.observed.node ?? {};
  return [
    ...unreadyNetworks(planned).map(({ slot, name, reason, message }): Told => {
      const isBlocked = reason in NETWORK_REMEDIES;
      return {
        line: `${slot}, network ${name}: ${isBlocked ? 'blocked' : 'waiting'} (${reason}: ${message})`,
        outcome: isBlocked ? 'blocked' : 'changes',
      };
    }),
    ...Object.entries(resourceChanges(planned)).map(([name, count]): Told => {
      const before = extendedResources[name] ?? 'none';
      const what = count === null ? `offer no ${name} any more` : `offer ${count} ${name}`;
      return { line: `node: ${what}, where it offers ${before}`, outcome: 'changes' };
    }),
  ];
};

/** What there is to do for the network of a NodeENI in the namespaces of its pods. */
export interface NetworkChange {
  readonly nodeEni: string;
  readonly network: string;
  /** Why it cannot be done; absent: it can. */
  readonly trouble?: Explanation;
}

/** What a create call met; nobody knows of it before. */
const metTrouble = ({ status }: NodeEni): Explanation | undefined =>
  status?.conditions?.find(
    ({ type, reason, status: is }) =>
      type === NETWORK_CONDITION && is === 'False' && CLUSTER_WIDE_REASONS.has(reason),
  );

/** What the namespaces still lack of the networks, or have to lose. Reads only. */
export const networkChanges = async ({
  stores,
  lookAtNetworks,
}: Pick<FullOperator, 'stores' | 'lookAtNetworks'>): Promise<readonly NetworkChange[]> => {
  const { items } = await stores.nodeEnis.list();
  const networks = items.filter(concernsNetwork);
  const standings = await lookAtNetworks(networks);
  return networks.flatMap((nodeEni): readonly NetworkChange[] => {
    const { name } = nodeEni.metadata;
    const standing = standings.get(name);
    if (standing === undefined || standing.isSettled) return [];
    const trouble = standing.troubles[0] ?? metTrouble(nodeEni);
    return [
      {
        nodeEni: name,
        network: nodeEni.spec.podNetwork?.name ?? name,
        ...(trouble && { trouble: { reason: trouble.reason, message: trouble.message } }),
      },
    ];
  });
};

const wordsFor = ({ trouble }: NetworkChange): string => {
  if (trouble === undefined) return 'bring its NetworkAttachmentDefinitions in line';
  const { reason, message } = trouble;
  // Whoever asks may have other rights than the functions.
  const what = CLUSTER_WIDE_REASONS.has(reason) ? 'blocked' : 'cannot be looked at from here';
  return `${what} (${reason}: ${message})`;
};

export const toldOfChange = (change: NetworkChange): Told => {
  const { nodeEni, network, trouble } = change;
  return {
    line: `NodeENI ${nodeEni}, network ${network}: ${wordsFor(change)}`,
    outcome: trouble === undefined ? 'changes' : 'blocked',
  };
};
