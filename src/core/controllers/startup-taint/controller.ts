import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { failureOf } from '#core/errors.ts';
import type { ClusterNode, NodeStore } from '#core/ports/cluster.ts';
import type { InstanceReadiness } from '#core/readiness.ts';
import { mayLoseTaint } from './plan.ts';

export interface StartupTaint {
  /** Takes the startup taint off a node that is ready; a node changed meanwhile is left to the next reconcile. */
  reconcile(node: ClusterNode | undefined, readiness: InstanceReadiness): Promise<void>;
}

export const createStartupTaint = (nodes: Pick<NodeStore, 'removeTaint'>): StartupTaint => ({
  async reconcile(node, readiness) {
    if (!mayLoseTaint(node, readiness)) return;
    try {
      await nodes.removeTaint(node, NOT_READY_TAINT);
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== 'Conflict' && failure !== 'Invalid' && failure !== 'NotFound') throw error;
    }
  },
});
