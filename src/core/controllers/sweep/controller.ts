import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode, NodeEniList } from '#core/ports/cluster.ts';
import type { ScalingInstance } from '#core/ports/scaling.ts';
import type { WorkQueue } from '#core/ports/work-queue.ts';
import type { Heartbeats } from '#core/scaling/send-heartbeats.ts';
import { executeSweep } from './execute.ts';
import { readSnapshot, type Sources } from './observe.ts';
import { knownInstanceIds, planSweep, type Snapshot, terminatingIn } from './plan.ts';
import { unreadyIn } from './unready.ts';

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
  /** NodeENIs that have not been ready for a quarter of an hour. */
  readonly unreadyNodeEnis: readonly string[];
}

export interface Sweep {
  /**
   * Reads everything once and asks for a reconcile wherever one is due. Changes nothing but the mark of a new orphan, and sends
   * heartbeats for launches that wait: in a large scale-out their reconciles stand in a queue for longer than a heartbeat timeout.
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

interface Dependencies extends Sources {
  readonly workQueue: WorkQueue;
  /** Asks the interfaces' own plan which instances would change. */
  readonly findUnsettledInstances: (input: ReconcileInput) => Promise<readonly string[]>;
  readonly findUnsettledNodeEnis: (
    snapshot: Pick<Snapshot, 'nodeEnis' | 'states' | 'nodes'>,
  ) => Promise<readonly string[]>;
  /** Sends the heartbeats of those that wait for one of our launch hooks. */
  readonly keepAlive: (
    members: readonly ScalingInstance[],
    instances: ReadonlyMap<string, Instance>,
  ) => Promise<Heartbeats>;
}

const inputFrom = (snapshot: Snapshot): ReconcileInput => ({
  instanceIds: knownInstanceIds(snapshot),
  instances: snapshot.instances,
  terminating: terminatingIn(snapshot),
  ours: snapshot.enis,
  states: new Map(snapshot.states.map((state) => [state.metadata.name, state])),
  claims: Map.groupBy(snapshot.nodes, ({ instanceId }) => instanceId),
  nodeEnis: snapshot.nodeEnis,
});

const idsOf = (enis: readonly NetworkInterface[]): string[] => enis.map(({ eniId }) => eniId);

const NO_HEARTBEATS: Heartbeats = { sent: 0, errors: [] };

export const createSweep = (dependencies: Dependencies): Sweep => ({
  async run({ isDryRun = false } = {}) {
    const snapshot = await readSnapshot(dependencies);
    const [instances, nodeEnis] = await Promise.all([
      dependencies.findUnsettledInstances(inputFrom(snapshot)),
      dependencies.findUnsettledNodeEnis(snapshot),
    ]);
    const actions = planSweep(snapshot, { instances, nodeEnis });
    const heartbeats = isDryRun
      ? NO_HEARTBEATS
      : await executeSweep(actions, snapshot, dependencies);
    return {
      instances: snapshot.instances.size,
      interfaces: snapshot.enis.length,
      hintedInstances: actions.hintInstances,
      hintedNodeEnis: actions.hintNodeEnis,
      orphansMarked: idsOf(actions.mark),
      orphansCollected: idsOf(actions.collect),
      heartbeats,
      scalingErrors: snapshot.scalingErrors,
      unreadyNodeEnis: unreadyIn(snapshot.nodeEnis, snapshot.now),
    };
  },
});
