import { NO_MANAGE_TAG, PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { Unadopted } from '#core/instance/unadopted.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';

/** The tags that make one ENI ours, or the reason why it cannot be taken over. */
export type AdoptionAction =
  | {
      readonly type: 'adopt';
      readonly eniId: string;
      readonly instanceId: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  | { readonly type: 'refuse'; readonly eniId: string; readonly why: string };

interface Context {
  readonly cluster: { readonly name: string; readonly uid: string };
  readonly nodes: readonly ClusterNode[];
  readonly now: Date;
}

const instanceOf = ({ eni, row }: Unadopted, nodes: readonly ClusterNode[]): string | undefined => {
  const nodeName = row?.nodeID ?? eni.tags[PEER_TAGS.node];
  return (
    eni.attachment?.instanceId ??
    row?.instanceID ??
    nodes.find(({ name }) => name === nodeName)?.instanceId
  );
};

/** Plans the take-over of one ENI: it keeps its id, its addresses and its attachment, and gets our tags. */
export const planAdoption = (
  nodeEni: NodeEni,
  unadopted: Unadopted,
  { cluster, nodes, now }: Context,
): AdoptionAction => {
  const { eni } = unadopted;
  if (eni.attachment?.deviceIndex === 0)
    return { type: 'refuse', eniId: eni.eniId, why: 'it is the primary interface of its instance' };
  if (eni.tags[TAGS.cluster] !== undefined && eni.tags[TAGS.clusterUid] !== cluster.uid)
    return { type: 'refuse', eniId: eni.eniId, why: 'it carries the tags of another cluster' };
  const instanceId = instanceOf(unadopted, nodes);
  if (instanceId === undefined)
    return {
      type: 'refuse',
      eniId: eni.eniId,
      why: 'no instance is known for it; attach or delete it by hand',
    };
  return {
    type: 'adopt',
    eniId: eni.eniId,
    instanceId,
    tags: {
      [NO_MANAGE_TAG]: 'true',
      [TAGS.cluster]: cluster.name,
      [TAGS.clusterUid]: cluster.uid,
      [TAGS.uid]: nodeEni.metadata.uid,
      [TAGS.name]: nodeEni.metadata.name,
      [TAGS.instance]: instanceId,
      [TAGS.subnet]: eni.subnetId,
      [TAGS.createdAt]: now.toISOString(),
    },
  };
};
