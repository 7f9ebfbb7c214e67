import type { ClusterNode, NodeEniStateStore, NodeStore } from '#core/ports/cluster.ts';
import type { CapacityPlan } from './plan.ts';

export interface Tools {
  readonly nodes: Pick<NodeStore, 'patchResources'>;
  readonly states: Pick<NodeEniStateStore, 'patchSpec'>;
}

/**
 * Records what is ours, changes the node, and then forgets what is gone from it: whatever of this is the last to be done, the next
 * reconcile knows which resources of the node are ours.
 */
export const executeCapacity = async (
  { changes, offeredBefore, offeredAfter }: CapacityPlan,
  { instanceId, node }: { readonly instanceId: string; readonly node: ClusterNode },
  { nodes, states }: Tools,
): Promise<void> => {
  if (offeredBefore) await states.patchSpec(instanceId, { offeredResources: offeredBefore });
  if (Object.keys(changes).length > 0) await nodes.patchResources(node, changes);
  if (offeredAfter) await states.patchSpec(instanceId, { offeredResources: offeredAfter });
};
