import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { type Slot, slotOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';

/** True for an ENI that somebody attached to another instance than the one it was made for. */
export const isElsewhere = ({ attachment }: NetworkInterface, instanceId: string): boolean =>
  attachment !== undefined &&
  attachment.status !== 'detached' &&
  attachment.instanceId !== instanceId;

/** The slot that an ENI of ours was made for, as its tags say. */
export const slotOfEni = (eni: NetworkInterface): Slot =>
  slotOf(eni.tags[TAGS.name] ?? '', eni.tags[TAGS.subnet] ?? eni.subnetId);
