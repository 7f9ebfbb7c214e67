import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { type Slot, type SlotSpec, slotOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';

/** True for an ENI that somebody attached to another instance than the one it was made for. */
export const isElsewhere = ({ attachment }: NetworkInterface, instanceId: string): boolean =>
  attachment !== undefined &&
  attachment.status !== 'detached' &&
  attachment.instanceId !== instanceId;

/** The slot that an ENI of ours was made for, as its tags say. */
export const slotOfEni = (eni: NetworkInterface): Slot =>
  slotOf(eni.tags[TAGS.name] ?? '', eni.tags[TAGS.subnet] ?? eni.subnetId);

/**
 * True for a record that a cluster of our name made which is no more, or is another: a call on its way may have written it just
 * when the cluster was made anew. Its ENI carries that cluster's uid and is not ours.
 */
export const isOfAnotherCluster = (
  { create }: Pick<SlotSpec, 'create'>,
  { uid }: { readonly uid: string },
): boolean => {
  const said = create?.tags[TAGS.clusterUid];
  return said !== undefined && said !== uid;
};

/** An ENI of ours, with the tags it is known by: those that somebody took off or changed are as they should be. */
export interface OurInterface extends NetworkInterface {
  /** The tags to put back. Absent: none. */
  readonly wornTags?: Readonly<Record<string, string>>;
  /** Known by the answer of its create call alone: no describe has shown it yet. */
  readonly isUnseen?: boolean;
}
