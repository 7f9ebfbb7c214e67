import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode, NodeEniList } from '#core/ports/cluster.ts';
import type { ScalingInstance } from '#core/ports/scaling.ts';
import type { WorkQueue } from '#core/ports/work-queue.ts';
import type { Heartbeats } from '#core/scaling/send-heartbeats.ts';
import type { SweepActions } from './actions.ts';
import { executeSweep } from './execute.ts';
import { nodeEnisInTurn } from './in-turn.ts';
import { readPart, readWhole, type Sources, type View } from './observe.ts';
import { planSweep, type Snapshot, terminatingIn } from './plan.ts';
import { type Room, USUAL_ROOM } from './room.ts';
import { BEGINNING, type Progress } from './shard.ts';
import { unreadyIn } from './unready.ts';

/** What a sweep saw and asked for. */
export interface SweepReport {
  /** The list that a part of was looked at; absent when everything was. */
  readonly shard?: Progress['phase'];
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
   *
   * Of a cluster that is larger than one run can look at, each run looks at the part after that of the run before. `isWhole`: at
   * everything even so; a dry run does.
   */
  run(options?: { readonly isDryRun?: boolean; readonly isWhole?: boolean }): Promise<SweepReport>;
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
  /** What one run looks at; absent: what the deployed function can. */
  readonly room?: Room;
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

const inputFrom = ({ snapshot, instanceIds }: View): ReconcileInput => ({
  instanceIds,
  instances: snapshot.instances,
  terminating: terminatingIn(snapshot),
  ours: snapshot.enis,
  states: new Map(snapshot.states.map((state) => [state.metadata.name, state])),
  claims: Map.groupBy(snapshot.nodes, ({ instanceId }) => instanceId),
  nodeEnis: snapshot.nodeEnis,
});

const idsOf = (enis: readonly NetworkInterface[]): string[] => enis.map(({ eniId }) => eniId);

const NO_HEARTBEATS: Heartbeats = { sent: 0, errors: [] };

/** However large it is, for somebody who waits for the answer. */
const NO_BOUND: Room = {
  things: Number.POSITIVE_INFINITY,
  nodes: Number.POSITIVE_INFINITY,
  seconds: Number.POSITIVE_INFINITY,
};

export const createSweep = (dependencies: Dependencies): Sweep => {
  const { room = USUAL_ROOM } = dependencies;
  /**
   * Kept in this environment alone, which Lambda keeps warm from one sweep to the next: it costs nothing, wakes nobody, and when
   * it is lost the sweep begins again.
   */
  let progress: Progress | undefined;
  let hasFailed = false;

  const look = async (view: View, findNodeEnis: () => Promise<readonly string[]>) => {
    const [instances, nodeEnis] = await Promise.all([
      dependencies.findUnsettledInstances(inputFrom(view)),
      findNodeEnis(),
    ]);
    return planSweep({ ...view.snapshot, enis: view.loose }, { instances, nodeEnis });
  };

  const finish = async (
    { snapshot, instanceIds }: View,
    actions: SweepActions,
    { isDryRun, shard }: { readonly isDryRun: boolean; readonly shard?: Progress['phase'] },
  ): Promise<SweepReport> => {
    const heartbeats = isDryRun
      ? NO_HEARTBEATS
      : await executeSweep(actions, snapshot, dependencies);
    return {
      ...(shard && { shard }),
      instances: shard ? instanceIds.length : snapshot.instances.size,
      interfaces: snapshot.enis.length,
      hintedInstances: actions.hintInstances,
      hintedNodeEnis: actions.hintNodeEnis,
      orphansMarked: idsOf(actions.mark),
      orphansCollected: idsOf(actions.collect),
      heartbeats,
      scalingErrors: snapshot.scalingErrors,
      unreadyNodeEnis: unreadyIn(snapshot.nodeEnis, snapshot.now),
    };
  };

  const runWhole = async (view: View, isDryRun: boolean): Promise<SweepReport> => {
    const find = () => dependencies.findUnsettledNodeEnis(view.snapshot);
    return finish(view, await look(view, find), { isDryRun });
  };

  const runShard = async (from: Progress): Promise<SweepReport> => {
    const view = await readPart(from, dependencies, room);
    const { snapshot, after } = view;
    // Nobody sees all rows of a NodeENI: at the end of a round those are asked for that need it, as far as they say so themselves.
    const find = async () => (after ? [] : nodeEnisInTurn(snapshot.nodeEnis, snapshot.now));
    const report = await finish(view, await look(view, find), {
      isDryRun: false,
      shard: from.phase,
    });
    const isLarge = from.things + view.things >= room.things;
    progress = after ?? (isLarge ? BEGINNING : undefined);
    return report;
  };

  /** What fails twice in one place is left: EC2 may know no more where its list was to go on. */
  const goOn = async (from: Progress): Promise<SweepReport> => {
    try {
      const report = await runShard(from);
      hasFailed = false;
      return report;
    } catch (error) {
      progress = hasFailed ? undefined : from;
      hasFailed = !hasFailed;
      throw error;
    }
  };

  return {
    async run({ isDryRun = false, isWhole = isDryRun } = {}) {
      if (progress !== undefined && !isWhole) return goOn(progress);
      const view = await readWhole(dependencies, isWhole ? NO_BOUND : room);
      return view === undefined ? goOn(BEGINNING) : runWhole(view, isDryRun);
    },
  };
};
