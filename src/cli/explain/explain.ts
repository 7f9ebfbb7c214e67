import { type PodNetwork, podNetworksOf } from '../pod-networks.ts';
import type { InstanceFacts, NodeEniFacts } from './facts.ts';
import { type Moment, momentsOf, nodeEniMoments } from './moments.ts';
import { type Stretch, stretchesOf } from './stretches.ts';
import { nodeEniWaits, type Wait, waitsOf } from './waits.ts';

/** A network for pods, with what the scheduler sees of it. */
export interface ExplainedNetwork extends PodNetwork {
  /** How many pods that ask for it the node may take, by its allocatable resources; absent without a resource. */
  readonly offered?: number;
}

/** What was found out about an instance. */
export interface Explained {
  readonly instanceId: string;
  readonly node?: string;
  /** Of the instance in EC2; absent when EC2 does not know it. */
  readonly state?: string;
  /** In its Auto Scaling group. */
  readonly lifecycleState?: string;
  readonly now: string;
  readonly moments: readonly Moment[];
  readonly stretches: readonly Stretch[];
  readonly networks: readonly ExplainedNetwork[];
  readonly waits: readonly Wait[];
}

/** What was found out about a NodeENI as a whole, beside what its instances tell. */
export interface ExplainedNodeEni {
  readonly nodeEni: string;
  readonly now: string;
  readonly moments: readonly Moment[];
  readonly waits: readonly Wait[];
}

/** All that is told of a subject. */
export interface ExplainedSubject {
  readonly instances: readonly Explained[];
  /** Only where it has to tell what no instance does. */
  readonly nodeEni?: ExplainedNodeEni;
}

const networksOf = ({ state, node }: InstanceFacts): readonly ExplainedNetwork[] =>
  podNetworksOf(state).map((network) => {
    const { resourceName } = network;
    if (resourceName === undefined || node === undefined) return network;
    const { allocatable, capacity } = node.status ?? {};
    const offered = allocatable?.[resourceName] ?? capacity?.[resourceName] ?? 0;
    return { ...network, offered: Number(offered) };
  });

export const explained = (facts: InstanceFacts): Explained => {
  const { instanceId, instance, node, member, now } = facts;
  return {
    instanceId,
    ...(node !== undefined && { node: node.metadata.name }),
    ...(instance !== undefined && { state: instance.state }),
    ...(member !== undefined && { lifecycleState: member.lifecycleState }),
    now: now.toISOString(),
    moments: momentsOf(facts),
    stretches: stretchesOf(facts),
    networks: networksOf(facts),
    waits: waitsOf(facts),
  };
};

/** What is waited for on the whole NodeENI; undefined where its instances tell all of it. */
export const explainedNodeEni = (
  facts: NodeEniFacts,
  instances: readonly Explained[],
): ExplainedNodeEni | undefined => {
  const told = new Set(instances.flatMap(({ waits }) => waits.map(({ reason }) => reason)));
  const waits = nodeEniWaits(facts).filter(({ reason }) => !told.has(reason));
  if (waits.length === 0 && instances.length > 0) return undefined;
  const { name, now } = facts;
  return { nodeEni: name, now: now.toISOString(), moments: nodeEniMoments(facts), waits };
};
