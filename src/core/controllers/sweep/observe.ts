import type { Clock } from '#core/ports/clock.ts';
import type { InstanceProvider, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type {
  ClusterIdentity,
  NodeEniStateStore,
  NodeEniStore,
  NodeStore,
} from '#core/ports/cluster.ts';
import type { ScalingProvider } from '#core/ports/scaling.ts';
import { checkSameCluster } from '#core/same-cluster.ts';
import { readMembers } from './members.ts';
import { knownInstanceIds, type Snapshot } from './plan.ts';

/** Everything a sweep reads from. */
export interface Sources {
  readonly clock: Clock;
  readonly identity: ClusterIdentity;
  readonly instances: InstanceProvider;
  readonly enis: NetworkInterfaceProvider;
  readonly scaling: ScalingProvider;
  readonly nodeEnis: NodeEniStore;
  readonly states: NodeEniStateStore;
  readonly nodes: NodeStore;
}

/** Reads the whole world once. Throws `Conflict` when the cluster was made anew meanwhile. */
export const readSnapshot = async (sources: Sources): Promise<Snapshot> => {
  const uid = await sources.identity.uid();
  const [listed, enis] = await Promise.all([sources.instances.list(), sources.enis.list()]);
  const instances = new Map(listed.map((instance) => [instance.instanceId, instance]));
  const [nodeEnis, states, nodes] = await Promise.all([
    sources.nodeEnis.list(),
    sources.states.list(),
    sources.nodes.list(),
  ]);
  const unlisted = knownInstanceIds({ instances, enis, states, nodes }).filter(
    (id) => !instances.has(id),
  );
  const others = unlisted.length === 0 ? new Map() : await sources.instances.get(unlisted);
  const all = new Map([...instances, ...others]);
  const members = await readMembers([...all.values()], sources.scaling);
  await checkSameCluster(sources.identity, uid);
  return { now: sources.clock.now(), instances: all, enis, ...members, nodeEnis, states, nodes };
};
