import type { Clock } from '#core/ports/clock.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { ClusterNode, NodeStore } from '#core/ports/cluster.ts';
import { judgeClaims, likelyNames, namesCluster } from './claims.ts';
import { createNodeList, type NodeList } from './node-list.ts';

/** An instance whose Node is sought. */
export interface Sought {
  readonly instance: Instance;
  /** The name under which its Node was known. */
  readonly recorded: string | undefined;
  /** True when something of ours is known of the instance already. */
  readonly isKnown: boolean;
  /** True when the record is lost of the name by which its Node was known. */
  readonly isForgotten?: boolean;
}

/** What is known of the Nodes of some instances, by the instance's id. */
export interface Nodes {
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  /** Nodes that claim one instance, and nothing tells which of them is its own. */
  readonly rivals: ReadonlyMap<string, readonly ClusterNode[]>;
  /** Instances of which it is not known whether they have a Node: what was looked through is older than this reconcile. */
  readonly unsure: ReadonlySet<string>;
}

interface Dependencies {
  readonly clock: Pick<Clock, 'now'>;
  readonly clusterName: string;
  readonly nodes: NodeStore;
}

/** Nodes by the instance that they name. */
export type Claims = ReadonlyMap<string | undefined, readonly ClusterNode[]>;

const withValue = <T>(entries: readonly (readonly [string, T | undefined])[]): Map<string, T> =>
  new Map(entries.filter((entry): entry is readonly [string, T] => entry[1] !== undefined));

/** None where the record is lost: whoever chose the likeliest name would win over the instance's own Node. */
const namesOf = ({ instance, recorded, isForgotten = false }: Sought): string[] =>
  isForgotten ? [] : likelyNames(instance, recorded);

/** True when EC2's tags, or something of ours, call the instance this cluster's. */
const isOurs = ({ instance, isKnown }: Sought, clusterName: string): boolean =>
  isKnown || namesCluster(instance, clusterName);

/**
 * Judges the claims on some instances. On one that nothing calls ours only a Node of a likely name counts: a reconcile would
 * find no other, and the sweep would ask for it in vain for ever.
 */
export const nodesAmong = (
  claims: Claims,
  sought: readonly Sought[],
  clusterName: string,
): Nodes => {
  const judged = sought.map((one) => {
    const { instanceId } = one.instance;
    const names = namesOf(one);
    const all = claims.get(instanceId) ?? [];
    const some = isOurs(one, clusterName) ? all : all.filter(({ name }) => names.includes(name));
    return [instanceId, judgeClaims(some, names)] as const;
  });
  return {
    nodes: withValue(judged.map(([id, { node }]) => [id, node])),
    rivals: withValue(judged.map(([id, { rivals }]) => [id, rivals])),
    unsure: new Set(),
  };
};

/**
 * Finds Nodes by their likely names, then in one list for the whole batch. That list is never read for an instance that
 * neither EC2's tags nor a record of ours call this cluster's: the account's other instances would have us read it all day.
 */
export const createFindNodes = ({
  clock,
  clusterName,
  nodes: store,
}: Dependencies): ((sought: readonly Sought[]) => Promise<Nodes>) => {
  const readList = createNodeList({ clock, list: () => store.list() });

  const inList = async (
    { items, isFresh }: NodeList,
    missing: readonly Sought[],
  ): Promise<Nodes> => {
    const claims = Map.groupBy(items, ({ instanceId }) => instanceId);
    const judged = nodesAmong(claims, missing, clusterName);
    if (isFresh) return judged;
    // Of an older list only the name is taken: what it says of the Node may be so no longer.
    const afresh = [...judged.nodes].map(
      async ([id, { name }]) => [id, await store.findByInstance(id, [name])] as const,
    );
    const nodes = withValue(await Promise.all(afresh));
    const isUnsure = (id: string) => !nodes.has(id) && !judged.rivals.has(id);
    const ids = missing.map(({ instance }) => instance.instanceId);
    return { nodes, rivals: judged.rivals, unsure: new Set(ids.filter(isUnsure)) };
  };

  return async (sought) => {
    const named = sought.map(async (one) => {
      const { instanceId } = one.instance;
      return [instanceId, await store.findByInstance(instanceId, namesOf(one))] as const;
    });
    const nodes = withValue(await Promise.all(named));
    const missing = sought.filter(
      (one) => !nodes.has(one.instance.instanceId) && isOurs(one, clusterName),
    );
    if (missing.length === 0) return { nodes, rivals: new Map(), unsure: new Set() };
    const listed = await inList(await readList(), missing);
    return { ...listed, nodes: new Map([...nodes, ...listed.nodes]) };
  };
};
