import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { sameJson } from '#core/json.ts';
import type { ClusterNamespace, NetworkAttachment } from '#core/ports/cluster.ts';

/** One change of a NetworkAttachmentDefinition. Plain data. */
export type AttachmentAction =
  | { readonly type: 'create' | 'mend'; readonly attachment: NetworkAttachment }
  | { readonly type: 'delete'; readonly attachment: NetworkAttachment };

export interface Observed {
  readonly nodeEni: NodeEni;
  /** Those that are ours, of whatever NodeENI. */
  readonly ours: readonly NetworkAttachment[];
  /** The namespaces that `namespaceSelector` selects; absent where the namespaces are named. */
  readonly selected?: readonly ClusterNamespace[];
}

/** Its own, and those of an earlier NodeENI of its name: a cluster that was restored from a copy has another uid in them. */
const isOwn = ({ nodeEniUid, nodeEniName }: NetworkAttachment, { metadata }: NodeEni): boolean =>
  nodeEniUid === metadata.uid || nodeEniName === metadata.name;

const namespacesOf = ({ nodeEni, selected }: Observed): readonly string[] =>
  selected?.filter(({ isEnding }) => !isEnding).map(({ name }) => name) ??
  nodeEni.spec.podNetwork?.namespaces ??
  [];

const desiredIn = (observed: Observed): NetworkAttachment[] => {
  const { metadata, spec } = observed.nodeEni;
  const { podNetwork } = spec;
  if (podNetwork === undefined || metadata.deletionTimestamp !== undefined) return [];
  return [...new Set(namespacesOf(observed))].map((namespace) => ({
    namespace,
    name: podNetwork.name ?? metadata.name,
    nodeEniUid: metadata.uid,
    nodeEniName: metadata.name,
    resourceName: podNetwork.resourceName,
    hasConfig: false,
  }));
};

const keyOf = ({ namespace, name }: NetworkAttachment): string => `${namespace}/${name}`;

/**
 * What turns the NetworkAttachmentDefinitions that are there into those that the NodeENI asks for, and the ones that are as they should
 * be. Without a `spec.config` Multus takes the configuration from a file of the node ("NetworkAttachmentDefinition with no
 * config", multus-cni), which the agent writes. What has not our label is not looked at here: a create call meets it.
 */
export const planAttachments = (observed: Observed) => {
  const desired = desiredIn(observed);
  const names = new Set(desired.map(keyOf));
  const own = new Map(
    observed.ours
      .filter((attachment) => isOwn(attachment, observed.nodeEni))
      .map((attachment) => [keyOf(attachment), attachment]),
  );
  const actions: AttachmentAction[] = [
    ...desired.flatMap((attachment): AttachmentAction[] => {
      const there = own.get(keyOf(attachment));
      if (there === undefined) return [{ type: 'create', attachment }];
      return sameJson(there, attachment) ? [] : [{ type: 'mend', attachment }];
    }),
    ...[...own.values()]
      .filter((attachment) => !names.has(keyOf(attachment)))
      .map((attachment): AttachmentAction => ({ type: 'delete', attachment })),
  ];
  return { desired, actions };
};
