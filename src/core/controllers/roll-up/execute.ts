import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { EventRecorder, NodeEniStore } from '#core/ports/cluster.ts';
import { instanceKey, nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import type { RollUpAction } from './actions.ts';

export interface Tools {
  readonly nodeEnis: NodeEniStore;
  readonly events: EventRecorder;
  readonly workQueue: WorkQueue;
}

const run = (action: RollUpAction, nodeEni: NodeEni, tools: Tools): Promise<void> => {
  switch (action.type) {
    case 'add-finalizer':
      return tools.nodeEnis.addFinalizer(nodeEni);
    case 'hint-instances':
      return tools.workQueue.hint(action.instanceIds.map(instanceKey));
    case 'patch-status':
      return tools.nodeEnis.patchStatus(nodeEni.metadata.name, action.status);
    case 'record-event':
      return tools.events.record(nodeEni, action.event);
    case 'remove-finalizer':
      return tools.nodeEnis.removeFinalizer(nodeEni);
    case 'requeue':
      return tools.workQueue.requeueAfter(nodeEniKey(nodeEni.metadata.name), action.seconds);
    default:
      return action satisfies never;
  }
};

/**
 * Runs a plan in its order and stops at the first failure: the finalizer stands before any interface is asked for,
 * and the reconciles are asked for before the status says that this generation was seen.
 */
export const executeRollUp = async (
  plan: readonly RollUpAction[],
  nodeEni: NodeEni,
  tools: Tools,
): Promise<void> => {
  for (const action of plan) await run(action, nodeEni, tools);
};
