import type { NodeEni } from './apis/v1alpha1/node-eni.ts';
import type { Explanation } from './explanation.ts';

/** How the NetworkAttachmentDefinitions of a NodeENI stand. */
export interface NetworkStanding {
  /** In how many namespaces pods may ask for the network. */
  readonly namespaces: number;
  /** Why they may not in others. */
  readonly troubles: readonly Explanation[];
  /** How many are there that are to go: a deletion waits for them. */
  readonly remaining: number;
}

/** The type of the condition that tells of the network of a NodeENI; without it nobody has made one. */
export const NETWORK_CONDITION = 'PodNetworkReady';

/** True for a NodeENI that is a network for pods, or was one when its status was last written. */
export const concernsNetwork = ({ spec, status }: NodeEni): boolean =>
  spec.podNetwork !== undefined ||
  (status?.conditions ?? []).some(({ type }) => type === NETWORK_CONDITION);

/** Keeps the NetworkAttachmentDefinitions of the NodeENIs of one batch: what one of them needs to be read is read for all. */
export interface NetworkBatch {
  /** Brings them in line. Out: undefined for a NodeENI that has nothing to do with networks. Never throws for one of them. */
  reconcile(nodeEni: NodeEni): Promise<NetworkStanding | undefined>;
  /** The same without a change; `isSettled`: there is none to make. */
  look(nodeEni: NodeEni): Promise<(NetworkStanding & { readonly isSettled: boolean }) | undefined>;
}

/** Begins a batch; nothing is read before somebody asks. */
export interface NetworkKeeper {
  forBatch(): NetworkBatch;
}
