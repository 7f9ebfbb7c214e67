import { PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import { type Attachment, foreignRowsOf, type NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { once } from '#core/once.ts';
import type { NetworkInterface, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { ClusterIdentity, ClusterNode } from '#core/ports/cluster.ts';

/** An ENI that belongs to a NodeENI by its status or by the Go controller's tags, and that is not ours yet. */
export interface Unadopted {
  readonly eni: NetworkInterface;
  /** The row of `status.attachments` that names it, if one does. */
  readonly row?: Attachment;
}

export type FindUnadopted = (
  nodeEni: NodeEni,
  states: readonly NodeEniState[],
  nodes: readonly ClusterNode[],
) => Promise<readonly Unadopted[]>;

interface Dependencies {
  readonly clusterName: string;
  readonly identity: ClusterIdentity;
  readonly enis: NetworkInterfaceProvider;
}

/** The Go controller's tags carry no cluster: an ENI counts only when its instance or node is one of this cluster's. */
const isOnOurNodes = (
  { attachment, tags }: NetworkInterface,
  states: readonly NodeEniState[],
  nodes: readonly ClusterNode[],
): boolean =>
  states.some(
    ({ metadata, spec }) =>
      metadata.name === attachment?.instanceId ||
      // A node that has not registered and a tag that is not there are no match.
      (spec.nodeName !== undefined && spec.nodeName === tags[PEER_TAGS.node]),
  ) ||
  nodes.some(
    ({ name, instanceId }) =>
      name === tags[PEER_TAGS.node] ||
      (instanceId !== undefined && instanceId === attachment?.instanceId),
  );

const recordedIn = once(
  (states: readonly NodeEniState[]) =>
    new Set(
      states.flatMap(({ spec }) => Object.values(spec.interfaces ?? {}).map(({ eniId }) => eniId)),
    ),
);

/** Finds what the Go controller left of a NodeENI. Costs a call only when a status row names an ENI we did not make. */
export const createFindUnadopted =
  ({ clusterName, identity, enis }: Dependencies): FindUnadopted =>
  async (nodeEni, states, nodes) => {
    const recorded = recordedIn(states);
    const rows = foreignRowsOf(nodeEni).filter(
      // One that we recorded, and that somebody took the tags off, is to be adopted as any other.
      (row) => row.reason !== undefined || !recorded.has(row.eniID),
    );
    const ids = rows.flatMap(({ eniID }) => eniID ?? []);
    const named = ids.length === 0 ? [] : await enis.get(ids);
    const peers = (await enis.listPeer()).filter(
      (eni) =>
        eni.tags[PEER_TAGS.nodeEni] === nodeEni.metadata.name &&
        !ids.includes(eni.eniId) &&
        isOnOurNodes(eni, states, nodes),
    );
    const uid = await identity.uid();
    return [...named, ...peers]
      .filter(({ tags }) => tags[TAGS.cluster] !== clusterName || tags[TAGS.clusterUid] !== uid)
      .map((eni) => {
        const row = rows.find(({ eniID }) => eniID === eni.eniId);
        return { eni, ...(row && { row }) };
      });
  };
