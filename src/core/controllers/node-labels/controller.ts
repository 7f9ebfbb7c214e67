import { failureOf } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { ClusterNode, NodeStore } from '#core/ports/cluster.ts';
import type { NodeEniPresence } from '#core/readiness.ts';
import { planLabels } from './plan.ts';

export interface NodeLabels {
  /**
   * Labels a node with the NodeENIs that are ready on it, and takes off the labels of others. Out: seconds after which it is
   * worth another try; undefined for none. A node that is gone meanwhile is left alone.
   */
  reconcile(
    node: ClusterNode | undefined,
    presence: NodeEniPresence | undefined,
  ): Promise<number | undefined>;
  /** True when a reconcile would change no label now. */
  isSettled(node: ClusterNode | undefined, presence: NodeEniPresence | undefined): boolean;
}

export const createNodeLabels = ({
  nodes,
  clock,
}: {
  readonly nodes: NodeStore;
  readonly clock: Clock;
}): NodeLabels => ({
  async reconcile(node, presence) {
    if (node === undefined || presence === undefined) return undefined;
    const { changes, requeueAfterSeconds } = planLabels(node, presence, clock.now());
    if (Object.keys(changes).length === 0) return requeueAfterSeconds;
    try {
      await nodes.patchLabels(node, changes);
    } catch (error) {
      if (failureOf(error) !== 'NotFound') throw error;
    }
    return requeueAfterSeconds;
  },

  isSettled: (node, presence) =>
    node === undefined ||
    presence === undefined ||
    Object.keys(planLabels(node, presence, clock.now()).changes).length === 0,
});
