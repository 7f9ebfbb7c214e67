import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Unresolved } from '#core/instance/fault.ts';
import type { InstallationSettings } from '#core/instance/installation-settings.ts';
import { once } from '#core/once.ts';
import type {
  Instance,
  InstanceTypeLimits,
  NetworkInterface,
  SecurityGroup,
  Subnet,
} from '#core/ports/cloud.ts';
import type { ClusterNode, NodeEniList } from '#core/ports/cluster.ts';
import type { CommandInvocation } from '#core/ports/commands.ts';
import type { Known } from './concerned.ts';

/** Everything that was read for some instances, before it is taken apart into one observation each. */
export interface Snapshot {
  readonly now: Date;
  readonly cluster: { readonly name: string; readonly uid: string };
  readonly instances: ReadonlyMap<string, Instance>;
  readonly limits: ReadonlyMap<string, InstanceTypeLimits>;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  /** Nodes that claim one instance, where nothing tells which of them is its own. */
  readonly rivals?: ReadonlyMap<string, readonly ClusterNode[]>;
  /** Instances of which it is not known whether they have a Node. */
  readonly unsure?: ReadonlySet<string>;
  readonly predictions: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** What Auto Scaling did not tell, by instance: its labels are then not promised, whatever its group says. */
  readonly scalingTroubles?: ReadonlyMap<string, string>;
  readonly terminating: ReadonlySet<string>;
  readonly nodeEnis: NodeEniList;
  readonly states: ReadonlyMap<string, NodeEniState>;
  readonly ours: readonly NetworkInterface[];
  readonly peers: readonly NetworkInterface[];
  /** Interfaces looked up by id, because a record or a status row names them. */
  readonly named: readonly NetworkInterface[];
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
  /** NodeENIs whose subnets and groups could not be looked up, by name. Absent: none. */
  readonly unresolved?: ReadonlyMap<string, Unresolved>;
  readonly settings?: InstallationSettings;
  readonly runCommand?: { readonly isUsual: boolean };
  /** How the commands stand that were running when they were last read. */
  readonly invocations?: ReadonlyMap<string, CommandInvocation>;
}

/** What one reading of all interfaces says of each instance: a sweep asks that for every instance there is. */
interface ByInstance {
  readonly byId: ReadonlyMap<string, NetworkInterface>;
  readonly ofInstance: ReadonlyMap<string | undefined, readonly NetworkInterface[]>;
}

export const indexInterfaces = once(
  (enis: readonly NetworkInterface[]): ByInstance => ({
    byId: new Map(enis.map((eni) => [eni.eniId, eni])),
    ofInstance: Map.groupBy(enis, ({ tags }) => tags[TAGS.instance]),
  }),
);

/** What tells which NodeENIs an instance needs. */
export const knownOf = (
  instanceId: string,
  snapshot: Pick<Snapshot, 'nodes' | 'predictions' | 'states' | 'ours'>,
): Known => ({
  node: snapshot.nodes.get(instanceId),
  predictedLabels: snapshot.predictions.get(instanceId),
  state: snapshot.states.get(instanceId),
  ours: indexInterfaces(snapshot.ours).ofInstance.get(instanceId) ?? [],
});
