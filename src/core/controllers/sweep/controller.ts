import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Heartbeats } from '#core/controllers/lifecycle-hooks/send-heartbeats.ts';
import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type {
  Instance,
  InstanceProvider,
  NetworkInterface,
  NetworkInterfaceProvider,
} from '#core/ports/cloud.ts';
import type {
  ClusterIdentity,
  ClusterNode,
  NodeEniList,
  NodeEniStateStore,
  NodeEniStore,
  NodeStore,
} from '#core/ports/cluster.ts';
import type { ScalingInstance, ScalingProvider } from '#core/ports/scaling.ts';
import { instanceKey, nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import { isEnding } from '#core/scaling/lifecycle-state.ts';
import { readMembers } from './members.ts';
import {
  knownInstanceIds,
  markOf,
  planOrphans,
  type Snapshot,
  taintedIn,
  waitingIn,
} from './plan.ts';

/** What a sweep saw and asked for. */
export interface SweepReport {
  readonly instances: number;
  readonly interfaces: number;
  readonly hintedInstances: readonly string[];
  readonly hintedNodeEnis: readonly string[];
  readonly orphansMarked: readonly string[];
  readonly orphansCollected: readonly string[];
  /** Heartbeats of launch hooks: how many were sent, and what kept others from being sent. */
  readonly heartbeats: Heartbeats;
  /** What Auto Scaling did not tell: who waits for a hook was not found this time. */
  readonly scalingErrors: readonly string[];
}

export interface Sweep {
  /**
   * Reads everything once and asks for a reconcile wherever one is due. Changes nothing but the mark of a new orphan, and beats for
   * launches that wait: in a large scale-out their reconciles stand in a queue for longer than a heartbeat timeout.
   */
  run(options?: { readonly isDryRun?: boolean }): Promise<SweepReport>;
}

interface ReconcileInput {
  readonly instanceIds: readonly string[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly terminating: ReadonlySet<string>;
  readonly ours: readonly NetworkInterface[];
  readonly states: ReadonlyMap<string, NodeEniState>;
  readonly claims: ReadonlyMap<string | undefined, readonly ClusterNode[]>;
  readonly nodeEnis: NodeEniList;
}

interface Dependencies {
  readonly clock: Clock;
  readonly identity: ClusterIdentity;
  readonly instances: InstanceProvider;
  readonly enis: NetworkInterfaceProvider;
  readonly scaling: ScalingProvider;
  readonly nodeEnis: NodeEniStore;
  readonly states: NodeEniStateStore;
  readonly nodes: NodeStore;
  readonly workQueue: WorkQueue;
  /** Asks the interfaces' own plan which instances would change. */
  readonly findUnsettledInstances: (input: ReconcileInput) => Promise<readonly string[]>;
  readonly findUnsettledNodeEnis: (
    input: Pick<Snapshot, 'nodeEnis' | 'states' | 'nodes'>,
  ) => Promise<readonly string[]>;
  /** Sends the heartbeats of those that wait for one of our launch hooks. */
  readonly keepAlive: (
    members: readonly ScalingInstance[],
    instances: ReadonlyMap<string, Instance>,
  ) => Promise<Heartbeats>;
}

const terminatingIn = ({ members }: Snapshot): ReadonlySet<string> =>
  new Set(members.filter(isEnding).map(({ instanceId }) => instanceId));

export const createSweep = (dependencies: Dependencies): Sweep => {
  const { clock, enis, scaling, workQueue } = dependencies;

  /** One that cannot be marked, full of tags perhaps, does not keep the others; it is complained of at the end. */
  const markAll = async (orphans: readonly NetworkInterface[], now: Date): Promise<void> => {
    const errors: unknown[] = [];
    for (const eni of orphans)
      await enis.setTags(eni.eniId, markOf(eni, now)).catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  };

  const readSnapshot = async (): Promise<Snapshot> => {
    const uid = await dependencies.identity.uid();
    const [listed, owned] = await Promise.all([dependencies.instances.list(), enis.list()]);
    const instances = new Map(listed.map((instance) => [instance.instanceId, instance]));
    const [nodeEnis, states, nodes] = await Promise.all([
      dependencies.nodeEnis.list(),
      dependencies.states.list(),
      dependencies.nodes.list(),
    ]);
    const known = knownInstanceIds({ instances, enis: owned, states, nodes });
    const unreported = known.filter((id) => !instances.has(id));
    const others =
      unreported.length === 0 ? new Map() : await dependencies.instances.get(unreported);
    const all = new Map([...instances, ...others]);
    const told = await readMembers([...all.values()], scaling);
    // ENIs of one cluster and owners of another would make orphans of them all.
    if ((await dependencies.identity.uid()) !== uid)
      throw new CallError('Conflict', 'Conflict', 'The cluster was made anew meanwhile.');
    return { now: clock.now(), instances: all, enis: owned, ...told, nodeEnis, states, nodes };
  };

  const unsettledIn = (snapshot: Snapshot): Promise<readonly string[]> =>
    dependencies.findUnsettledInstances({
      instanceIds: knownInstanceIds(snapshot),
      instances: snapshot.instances,
      terminating: terminatingIn(snapshot),
      ours: snapshot.enis,
      states: new Map(snapshot.states.map((state) => [state.metadata.name, state])),
      claims: Map.groupBy(snapshot.nodes, ({ instanceId }) => instanceId),
      nodeEnis: snapshot.nodeEnis,
    });

  return {
    async run({ isDryRun = false } = {}) {
      const snapshot = await readSnapshot();
      const [unsettled, nodeEnis] = await Promise.all([
        unsettledIn(snapshot),
        dependencies.findUnsettledNodeEnis(snapshot),
      ]);
      const { mark, collect } = planOrphans(snapshot);
      const waiting = waitingIn(snapshot);
      const instanceIds = [
        ...new Set([
          ...unsettled,
          ...waiting.map(({ instanceId }) => instanceId),
          ...taintedIn(snapshot),
          ...collect.flatMap(({ tags }) => tags[TAGS.instance] ?? []),
        ]),
      ];
      const act = async (): Promise<Heartbeats> => {
        const [heartbeats] = await Promise.all([
          dependencies.keepAlive(waiting, snapshot.instances),
          workQueue.hint([...instanceIds.map(instanceKey), ...nodeEnis.map(nodeEniKey)]),
        ]);
        await markAll(mark, snapshot.now);
        return heartbeats;
      };
      const heartbeats = isDryRun ? { sent: 0, errors: [] } : await act();
      return {
        instances: snapshot.instances.size,
        interfaces: snapshot.enis.length,
        hintedInstances: instanceIds,
        hintedNodeEnis: nodeEnis,
        orphansMarked: mark.map(({ eniId }) => eniId),
        orphansCollected: collect.map(({ eniId }) => eniId),
        heartbeats,
        scalingErrors: snapshot.scalingErrors,
      };
    },
  };
};
