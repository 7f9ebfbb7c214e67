import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import { isRunning } from '#core/instance/host-command.ts';
import type { InstallationSettings } from '#core/instance/installation-settings.ts';
import { PREDICTION_GRACE_SECONDS, secondsSince } from '#core/instance/observed.ts';
import { doubtsReferences } from '#core/instance/setback.ts';
import type { Clock } from '#core/ports/clock.ts';
import type {
  Instance,
  InstanceTypeProvider,
  NetworkInterfaceProvider,
  SecurityGroupProvider,
  SubnetProvider,
} from '#core/ports/cloud.ts';
import type {
  ClusterIdentity,
  ClusterNode,
  NodeEniStateStore,
  NodeEniStore,
  NodeStore,
} from '#core/ports/cluster.ts';
import type { CommandRunner } from '#core/ports/commands.ts';
import type { ScalingProvider } from '#core/ports/scaling.ts';
import { checkSameCluster } from '#core/same-cluster.ts';
import { hookSettings, isOfNamesake } from '#core/scaling/hook-metadata.ts';
import { predictedLabels } from '#core/scaling/predicted-labels.ts';
import { asking } from './concerned.ts';
import { createFindNodes, nodesAmong } from './find-nodes.ts';
import { idsToLookUp, instancesToAsk } from './names.ts';
import { resolveReferences } from './resolve.ts';
import { indexInterfaces, knownOf, type Snapshot } from './snapshot.ts';
import { isStranger, isUnrecorded } from './strangers.ts';

/** Everything a reconcile reads from. */
export interface Sources {
  readonly clock: Clock;
  readonly clusterName: string;
  readonly identity: ClusterIdentity;
  readonly enis: NetworkInterfaceProvider;
  readonly subnets: SubnetProvider;
  readonly securityGroups: SecurityGroupProvider;
  readonly instanceTypes: InstanceTypeProvider;
  readonly scaling: ScalingProvider;
  readonly nodeEnis: NodeEniStore;
  readonly states: NodeEniStateStore;
  readonly nodes: NodeStore;
  readonly settings?: InstallationSettings;
  /** Absent where no commands are sent to hosts; `isUsual`: to all hosts whose NodeENI does not say otherwise. */
  readonly runCommand?: { readonly isUsual: boolean; readonly commands: CommandRunner };
}

/**
 * The same snapshot with how running commands stand. One that cannot be asked about counts as running: it is asked about
 * again at the next reconcile.
 */
export const withInvocations = async (
  snapshot: Snapshot,
  { runCommand }: Pick<Sources, 'runCommand'>,
): Promise<Snapshot> => {
  if (runCommand === undefined) return snapshot;
  const running = [...snapshot.states].flatMap(([id, { spec }]) =>
    isRunning(spec.hostCommand) ? [[id, spec.hostCommand?.commandId ?? ''] as const] : [],
  );
  const entries = await Promise.all(
    running.map(async ([id, commandId]) => {
      const invocation = runCommand.commands.get(commandId, id);
      return [id, await invocation.catch(() => ({ state: 'running' }) as const)] as const;
    }),
  );
  return { ...snapshot, invocations: new Map(entries) };
};

/** What the caller has read already; the sweep brings whole lists, a batch only its instances. */
export interface ReconcileInput extends Partial<Pick<Snapshot, 'ours' | 'states' | 'nodeEnis'>> {
  /** All Nodes, by the instance that they name. */
  readonly claims?: ReadonlyMap<string | undefined, readonly ClusterNode[]>;
  readonly instanceIds: readonly string[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly terminating: ReadonlySet<string>;
  /** What Auto Scaling did not tell of these instances, in words. */
  readonly scalingTroubles?: ReadonlyMap<string, string>;
}

const byKey = <T>(entries: readonly (readonly [string, T | undefined])[]): ReadonlyMap<string, T> =>
  new Map(entries.filter((entry): entry is readonly [string, T] => entry[1] !== undefined));

/** True when EC2 refused an id that was looked up: what is remembered of references is out of date. */
const isOutOfDate = (states: Snapshot['states']): boolean =>
  [...states.values()].some(({ spec }) =>
    Object.values(spec.interfaces ?? {}).some(({ backOffs = {} }) =>
      Object.values(backOffs).some(doubtsReferences),
    ),
  );

/** Reads what some instances are planned from: lists where one call serves all, single objects where it must. */
export const createObserver = (sources: Sources) => {
  const findNodes = createFindNodes(sources);

  const predict = async (instance: Instance, node: ClusterNode | undefined, uid: string) => {
    const groupName = instance.tags[ASG_NAME_TAG];
    const readySeconds = secondsSince(node?.readySince?.toISOString(), sources.clock.now());
    const hasSettled = node?.readySince !== undefined && readySeconds >= PREDICTION_GRACE_SECONDS;
    if (groupName === undefined || hasSettled) return undefined;
    const [tags, hooks] = await Promise.all([
      sources.scaling.getGroupTags(groupName),
      sources.scaling.getHooks(groupName),
    ]);
    const cluster = { name: sources.clusterName, uid };
    const ours = hooks.flatMap((hook) => hookSettings(hook, cluster) ?? []);
    // The group of another cluster with our name promises nothing to us.
    if (ours.length === 0 && hooks.some((hook) => isOfNamesake(hook, cluster))) return undefined;
    return predictedLabels(
      tags,
      ours.map(({ labels = {} }) => labels),
    );
  };

  const forEach = async <T>(ids: readonly string[], read: (id: string) => Promise<T | undefined>) =>
    byKey(await Promise.all(ids.map(async (id) => [id, await read(id)] as const)));

  /** The state objects of the instances to which somebody attached what was made for these, or whose tags somebody changed. */
  const withNeighbours = async (
    states: Snapshot['states'],
    ours: Snapshot['ours'],
  ): Promise<Snapshot['states']> => {
    const others = instancesToAsk(ours).filter((id) => !states.has(id));
    if (others.length === 0) return states;
    return new Map([...states, ...(await forEach(others, (id) => sources.states.get(id)))]);
  };

  return async (input: ReconcileInput): Promise<Snapshot> => {
    const { instanceIds, instances } = input;
    const [uid, nodeEnis, ours, peers, own] = await Promise.all([
      sources.identity.uid(),
      input.nodeEnis ?? sources.nodeEnis.list(),
      input.ours ?? sources.enis.listForInstances(instanceIds),
      sources.enis.listPeer(),
      input.states ?? forEach(instanceIds, (id) => sources.states.get(id)),
    ]);
    const states = await withNeighbours(own, ours);
    const alive = instanceIds.flatMap((id) => instances.get(id) ?? []);
    const { ofInstance } = indexInterfaces(ours);
    const sought = alive.map((instance) => {
      const state = states.get(instance.instanceId);
      const enis = ofInstance.get(instance.instanceId) ?? [];
      const isKnown = state !== undefined || enis.length > 0;
      const isForgotten = isUnrecorded(enis, state);
      return { instance, recorded: state?.spec.nodeName, isKnown, isForgotten };
    });
    const [found, limits] = await Promise.all([
      input.claims ? nodesAmong(input.claims, sought, sources.clusterName) : findNodes(sought),
      sources.instanceTypes.get([...new Set(alive.map(({ instanceType }) => instanceType))]),
    ]);
    const now = sources.clock.now();
    const nodes = new Map(
      [...found.nodes].filter(([id, node]) => !isStranger(node, states.get(id), now)),
    );
    const scalingTroubles = new Map(input.scalingTroubles);
    const predictFor = async (id: string) => {
      const instance = instances.get(id);
      if (instance === undefined) return undefined;
      return predict(instance, nodes.get(id), uid).catch((error: unknown) => {
        scalingTroubles.set(id, error instanceof Error ? error.message : String(error));
        return undefined;
      });
    };
    const unseen = idsToLookUp(instanceIds, { nodeEnis, states, nodes, ours, instances });
    const [named, predictions] = await Promise.all([
      unseen.length === 0 ? [] : sources.enis.get(unseen),
      forEach(instanceIds, predictFor),
    ]);
    const asked = instanceIds.flatMap((id) =>
      asking(knownOf(id, { nodes, predictions, states, ours }), nodeEnis.items),
    );
    const resolved = await resolveReferences([...new Set(asked)], sources, {
      isFresh: isOutOfDate(states),
    });
    await checkSameCluster(sources.identity, uid);
    return {
      ...resolved,
      now: sources.clock.now(),
      cluster: { name: sources.clusterName, uid },
      instances,
      limits,
      ...found,
      nodes,
      predictions,
      scalingTroubles,
      terminating: input.terminating,
      nodeEnis,
      states,
      ours,
      peers,
      named,
      ...(sources.settings && { settings: sources.settings }),
      ...(sources.runCommand && { runCommand: { isUsual: sources.runCommand.isUsual } }),
    };
  };
};
