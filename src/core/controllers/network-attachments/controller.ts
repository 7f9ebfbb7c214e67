import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { selectorText } from '#core/apis/v1alpha1/selector.ts';
import { failureOf } from '#core/errors.ts';
import { explanationOrError } from '#core/explanation.ts';
import {
  concernsNetwork,
  type NetworkBatch,
  type NetworkKeeper,
  type NetworkStanding,
} from '#core/network-standing.ts';
import type {
  ClusterNamespace,
  NamespaceStore,
  NetworkAttachment,
  NetworkAttachmentStore,
} from '#core/ports/cluster.ts';
import { type AttachmentResult, executeAttachments } from './execute.ts';
import { planAttachments } from './plan.ts';

interface Dependencies {
  readonly attachments: NetworkAttachmentStore;
  readonly namespaces: NamespaceStore;
}

const NO_MULTUS = {
  reason: 'MultusMissing',
  message:
    'The cluster knows no NetworkAttachmentDefinition, so no pod can ask for the network. Install Multus.',
};

const standingOf = (desired: number, results: readonly AttachmentResult[]): NetworkStanding => {
  const troubles = results.flatMap(({ explanation }) => explanation ?? []);
  const unmade = results.filter(
    ({ action, explanation }) => action.type !== 'delete' && explanation !== undefined,
  );
  const remaining = results.filter(
    ({ action, explanation }) => action.type === 'delete' && explanation !== undefined,
  );
  return { namespaces: desired - unmade.length, troubles, remaining: remaining.length };
};

/** What nobody can tell holds a deletion back; where the kind itself is not there, nothing is. */
const unreadStanding = (error: unknown, { spec, metadata }: NodeEni): NetworkStanding => {
  const isMissing = failureOf(error) === 'NotFound';
  const isAsked = spec.podNetwork !== undefined && metadata.deletionTimestamp === undefined;
  if (isMissing) return { namespaces: 0, troubles: isAsked ? [NO_MULTUS] : [], remaining: 0 };
  return { namespaces: 0, troubles: [explanationOrError(error)], remaining: 1 };
};

const createBatch = ({ attachments, namespaces }: Dependencies): NetworkBatch => {
  let listed: Promise<readonly NetworkAttachment[]> | undefined;
  const selections = new Map<string, Promise<readonly ClusterNamespace[]>>();

  const listOurs = () => {
    listed ??= attachments.listOurs();
    return listed;
  };
  const select = (selector: string) => {
    const selected = selections.get(selector) ?? namespaces.list(selector);
    selections.set(selector, selected);
    return selected;
  };

  const observe = async (nodeEni: NodeEni) => {
    const { namespaceSelector } = nodeEni.spec.podNetwork ?? {};
    const isSelecting =
      namespaceSelector !== undefined && nodeEni.metadata.deletionTimestamp === undefined;
    const ours = await listOurs();
    if (!isSelecting) return planAttachments({ nodeEni, ours });
    const selected = await select(selectorText({ selector: namespaceSelector }));
    return planAttachments({ nodeEni, ours, selected });
  };

  return {
    async reconcile(nodeEni) {
      if (!concernsNetwork(nodeEni)) return undefined;
      try {
        const { desired, actions } = await observe(nodeEni);
        return standingOf(desired.length, await executeAttachments(actions, attachments));
      } catch (error) {
        return unreadStanding(error, nodeEni);
      }
    },

    async look(nodeEni) {
      if (!concernsNetwork(nodeEni)) return undefined;
      try {
        const { desired, actions } = await observe(nodeEni);
        return { ...standingOf(desired.length, []), isSettled: actions.length === 0 };
      } catch (error) {
        return { ...unreadStanding(error, nodeEni), isSettled: false };
      }
    },
  };
};

export const createNetworkAttachments = (dependencies: Dependencies): NetworkKeeper => ({
  forBatch: () => createBatch(dependencies),
});
