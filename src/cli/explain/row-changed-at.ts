import { nodeEniNameOf, type Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InstanceFacts } from './facts.ts';

/**
 * When the row of the NodeENI last changed: with the word of the host, which has no time of its own. Undefined where no host has
 * spoken, and where growth or an edit may have changed it since.
 */
export const rowChangedAt = (
  { state, nodeEnis, instanceId }: InstanceFacts,
  slot: Slot,
): string | undefined => {
  const { eniId, growth } = state?.spec.interfaces?.[slot] ?? {};
  const { metadata, status = {} } = nodeEnis.get(nodeEniNameOf(slot)) ?? {};
  const isFirstWord = growth === undefined && metadata?.generation === 1;
  if (!isFirstWord || state?.status?.host?.[slot] === undefined) return undefined;
  const row = status.attachments?.find(
    ({ instanceID, eniID }) => instanceID === instanceId && eniID === eniId,
  );
  return row?.lastUpdated;
};
