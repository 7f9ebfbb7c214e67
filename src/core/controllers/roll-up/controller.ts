import { tooMuchIn } from '#core/apis/v1alpha1/load.ts';
import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import { type NodeEni, nodeEniSpecSchema } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { NODE_ENI_RULES } from '#core/apis/v1alpha1/rules.ts';
import type { FindUnadopted } from '#core/instance/unadopted.ts';
import type { NetworkBatch, NetworkKeeper, NetworkStanding } from '#core/network-standing.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { InstanceProvider, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type {
  ClusterNode,
  InstanceTroubles,
  NodeEniList,
  NodeEniStateStore,
  NodeStore,
} from '#core/ports/cluster.ts';
import { instanceKey } from '#core/ports/work-queue.ts';
import type { RollUpAction } from './actions.ts';
import { executeRollUp, type Tools } from './execute.ts';
import { createExplain } from './explain.ts';
import { failedStatus } from './failed.ts';
import { createShorten } from './in-short.ts';
import { listMatchingNodes, type MatchingNodes, matchingIn } from './matching-nodes.ts';
import { type NodeEniObserved, needsRemaining, planRollUp, tellStatus } from './plan.ts';
import { rowsOf, unadoptedRow } from './rows.ts';

interface Dependencies extends Tools {
  readonly clock: Clock;
  readonly enis: NetworkInterfaceProvider;
  readonly states: NodeEniStateStore;
  readonly nodes: Pick<NodeStore, 'list'>;
  readonly findUnadopted: FindUnadopted;
  readonly instances: Pick<InstanceProvider, 'get'>;
  readonly troubles: InstanceTroubles;
  readonly networks: NetworkKeeper;
  /** Part of EC2's refill that this installation may use, 0 to 1. */
  readonly budgetShare: number;
}

export interface RollUp {
  /** Finalizer, fan-out and status of these NodeENIs. Each name has its error, or undefined when all went well. */
  reconcile(names: readonly string[]): Promise<ReadonlyMap<string, unknown>>;
  /** Those NodeENIs whose roll-up would change something. */
  findUnsettled(snapshot: {
    readonly nodeEnis: NodeEniList;
    readonly states: readonly NodeEniState[];
    readonly nodes: readonly ClusterNode[];
  }): Promise<readonly string[]>;
}

/** What a NodeENI that fits no schema is worked with: enough to delete it and to say what is wrong. */
const SPEC_OF_INVALID = nodeEniSpecSchema.parse({});

const subjectsOf = ({ items, invalid }: NodeEniList) => [
  ...items.map((nodeEni) => ({
    nodeEni,
    faults: [
      ...NODE_ENI_RULES.filter(({ isBroken }) => isBroken(nodeEni.spec)).map(
        ({ message }) => message,
      ),
      ...tooMuchIn(nodeEni.spec),
    ],
    isReadable: true,
  })),
  ...invalid.map(({ metadata, status, faults }) => ({
    nodeEni: { metadata, spec: SPEC_OF_INVALID, ...(status && { status }) },
    faults,
    isReadable: false,
  })),
];

type Subject = ReturnType<typeof subjectsOf>[number];

/** True for a NodeENI that nodes are looked for: one that goes, or that cannot be read, selects none. */
const isSelecting = ({ nodeEni, isReadable }: Subject): boolean =>
  isReadable && nodeEni.metadata.deletionTimestamp === undefined;

/** Of a spec that nobody can read nothing is changed, and nothing is made before a deletion would wait for it. */
const isNetworkServed = ({ nodeEni: { metadata }, isReadable }: Subject): boolean =>
  isReadable && metadata.finalizers?.includes(FINALIZER) === true;

const isPaused = ({ nodeEni: { metadata, spec } }: Subject): boolean =>
  spec.paused === true && metadata.deletionTimestamp === undefined;

/** What is read once for all NodeENIs of a batch. */
interface Shared {
  readonly all: readonly NodeEniState[];
  readonly matching: MatchingNodes;
  readonly batch: NetworkBatch;
}

const isEvent = ({ type }: RollUpAction): boolean => type === 'record-event';

export const createRollUp = (dependencies: Dependencies): RollUp => {
  const { clock, enis, states, nodes, nodeEnis, networks } = dependencies;
  const { workQueue, findUnadopted, budgetShare } = dependencies;
  const explain = createExplain(dependencies);

  const observe = async (
    subject: Subject,
    all: readonly NodeEniState[],
    matching: MatchingNodes,
    network: NetworkStanding | undefined,
  ): Promise<NodeEniObserved> => {
    const { nodeEni, faults, isReadable } = subject;
    const matchingNodes = isSelecting(subject) ? await matching(nodeEni) : [];
    const recorded = new Set(rowsOf(nodeEni.metadata.name, all).map(({ record }) => record?.eniId));
    const found = await findUnadopted(nodeEni, all, matchingNodes);
    // What has a record has a row of its own already.
    const unadopted = found.filter(({ eni }) => !recorded.has(eni.eniId));
    const observed = {
      now: clock.now(),
      nodeEni,
      faults,
      isReadable,
      matchingNodes,
      states: all,
      budgetShare,
      unadopted: unadopted.map((one) => unadoptedRow(one, nodeEni)),
      ...(network && { network }),
    };
    const explained = await explain(observed);
    if (!needsRemaining(observed)) return { ...observed, explained };
    return { ...observed, explained, remaining: await enis.listForNodeEni(nodeEni.metadata.uid) };
  };

  /** What fails as a whole must not leave behind what was so before. */
  const tellFailure = async (nodeEni: NodeEni, error: unknown): Promise<void> => {
    const status = failedStatus(nodeEni, error, clock.now());
    if (status === undefined) return;
    await executeRollUp(tellStatus(status, nodeEni), nodeEni, dependencies);
  };

  const lookAtNetwork = async (subject: Subject, batch: NetworkBatch) =>
    isNetworkServed(subject) ? batch.look(subject.nodeEni) : undefined;

  const serveNetwork = async (subject: Subject, batch: NetworkBatch) => {
    if (isPaused(subject)) return lookAtNetwork(subject, batch);
    return isNetworkServed(subject) ? batch.reconcile(subject.nodeEni) : undefined;
  };

  const rollUp = async (
    name: string,
    subject: Subject | undefined,
    { all, matching, batch }: Shared,
  ) => {
    if (subject === undefined) {
      // Its finalizer was stripped: what it left behind is for the instances to release.
      const left = rowsOf(name, all).map(({ instanceId }) => instanceKey(instanceId));
      if (left.length > 0) await workQueue.hint(left);
      return;
    }
    const { nodeEni } = subject;
    const work = async () => {
      const network = await serveNetwork(subject, batch);
      const plan = planRollUp(await observe(subject, all, matching, network));
      await executeRollUp(
        plan.filter((action) => !isEvent(action)),
        nodeEni,
        dependencies,
      );
      return plan.filter(isEvent);
    };
    const events = await work().catch(async (error: unknown) => {
      await tellFailure(nodeEni, error).catch(() => undefined);
      throw error;
    });
    // That an Event is refused is no trouble of the NodeENI.
    await executeRollUp(events, nodeEni, dependencies);
  };

  return {
    async reconcile(names) {
      const [list, all] = await Promise.all([nodeEnis.list(), states.list(createShorten(names))]);
      const subjects = new Map(
        subjectsOf(list).map((subject) => [subject.nodeEni.metadata.name, subject]),
      );
      const selecting = names.flatMap((name) => subjects.get(name) ?? []).filter(isSelecting);
      const matching = listMatchingNodes(
        nodes,
        selecting.map(({ nodeEni }) => nodeEni),
      );
      const shared = { all, matching, batch: networks.forBatch() };
      const errors = names.map((name) =>
        rollUp(name, subjects.get(name), shared).then(
          () => [name, undefined] as const,
          (error: unknown) => [name, error] as const,
        ),
      );
      return new Map(await Promise.all(errors));
    },

    async findUnsettled(snapshot) {
      const matching = matchingIn(snapshot.nodes);
      const batch = networks.forBatch();
      const plans = await Promise.all(
        subjectsOf(snapshot.nodeEnis).map(async (subject) => {
          const network = await lookAtNetwork(subject, batch);
          return {
            name: subject.nodeEni.metadata.name,
            plan: planRollUp(await observe(subject, snapshot.states, matching, network)),
            isNetworkSettled: isPaused(subject) || (network?.isSettled ?? true),
          };
        }),
      );
      return plans
        .filter(({ plan, isNetworkSettled }) => plan.length > 0 || !isNetworkSettled)
        .map(({ name }) => name);
    },
  };
};
