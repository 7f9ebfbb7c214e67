import type { Clock } from '#core/ports/clock.ts';
import type { Instance, InstanceProvider, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type {
  ClusterIdentity,
  NodeEniStateStore,
  NodeEniStore,
  NodeStore,
} from '#core/ports/cluster.ts';
import type { ScalingProvider } from '#core/ports/scaling.ts';
import { checkSameCluster } from '#core/same-cluster.ts';
import { readMembers } from './members.ts';
import { knownInstanceIds, type Snapshot, waitingIn } from './plan.ts';
import { type List, readPages } from './read-pages.ts';
import { createMeter, type Meter, type Room } from './room.ts';
import { type Progress, readShard, type Shard } from './shard.ts';

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

/** What one run looks at. */
export interface View {
  readonly snapshot: Snapshot;
  /** Those whose reconcile is in question. */
  readonly instanceIds: readonly string[];
  /** Interfaces among which orphans are looked for. */
  readonly loose: Snapshot['enis'];
  /** How many instances and interfaces that is. */
  readonly things: number;
}

/** A view of a part of the world, and what is left of it. */
export interface ShardView extends View {
  readonly after?: Progress;
}

/** All pages of a list; stops when there is no room for more. */
const readAll = async <T>(list: List<T>, meter: Meter): Promise<readonly T[]> => {
  const all: T[] = [];
  await readPages(list, undefined, meter, (items) => {
    all.push(...items);
    return items.length;
  });
  return all;
};

/**
 * Reads the whole world once. Undefined when it is larger than the room. Throws `Conflict` when the cluster was made anew
 * meanwhile.
 */
export const readWhole = async (sources: Sources, room: Room): Promise<View | undefined> => {
  if (room.nodes < Number.POSITIVE_INFINITY && ((await sources.nodes.count()) ?? 0) > room.nodes)
    return undefined;
  const uid = await sources.identity.uid();
  const meter = createMeter(room, sources.clock);
  const [listed, enis] = await Promise.all([
    readAll(sources.instances, meter),
    readAll(sources.enis, meter),
  ]);
  if (meter.isFull()) return undefined;
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
  const now = sources.clock.now();
  const snapshot = { now, instances: all, enis, ...members, nodeEnis, states, nodes };
  const instanceIds = knownInstanceIds(snapshot);
  return { snapshot, instanceIds, loose: enis, things: meter.things() };
};

/** The members of a group that wait are heartbeaten whoever's turn it is. */
const withWaiting = async (
  { instances }: Pick<Shard, 'instances'>,
  members: Pick<Snapshot, 'members'>,
  sources: Sources,
): Promise<ReadonlyMap<string, Instance>> => {
  const waiting = waitingIn(members).map(({ instanceId }) => instanceId);
  const others = waiting.filter((id) => !instances.has(id));
  if (others.length === 0) return instances;
  return new Map([...instances, ...(await sources.instances.get(others))]);
};

/** Reads the part of the world that is next. Throws `Conflict` when the cluster was made anew meanwhile. */
export const readPart = async (
  progress: Progress,
  sources: Sources,
  room: Room,
): Promise<ShardView> => {
  const uid = await sources.identity.uid();
  const meter = createMeter(room, sources.clock);
  const shard = await readShard(progress, sources, meter);
  const { instanceIds, enis, states, nodes, loose, after } = shard;
  const nodeEnis = await sources.nodeEnis.list();
  const members = await readMembers([...shard.instances.values()], sources.scaling);
  const instances = await withWaiting(shard, members, sources);
  await checkSameCluster(sources.identity, uid);
  const now = sources.clock.now();
  const snapshot = { now, instances, enis, ...members, nodeEnis, states, nodes };
  const things = instanceIds.length + enis.length;
  return { snapshot, instanceIds, loose, things, ...(after && { after }) };
};
