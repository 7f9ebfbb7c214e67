import { failureOf, ignoreNotFound } from '#core/errors.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { NetworkInterface, NetworkInterfaceProvider } from '#core/ports/cloud.ts';

/** What a call brought: the new ENI of a create, the attachment id of an attach, or the error. */
export interface ActionResult {
  readonly action: InterfaceAction;
  readonly created?: NetworkInterface;
  readonly attachmentId?: string;
  readonly error?: unknown;
}

type Outcome = Omit<ActionResult, 'action' | 'error'>;

const run = async (
  enis: NetworkInterfaceProvider,
  instanceId: string,
  action: InterfaceAction,
): Promise<Outcome> => {
  switch (action.type) {
    case 'create':
      return { created: await enis.create(action.parameters) };
    case 'attach':
      return { attachmentId: await enis.attach({ ...action, instanceId }) };
    case 'set-delete-on-termination':
      await enis.setDeleteOnTermination(action.eniId, action.attachmentId, action.value);
      return {};
    case 'set-groups':
      await enis.setGroups(action.eniId, action.groupIds);
      return {};
    case 'set-description':
      await enis.setDescription(action.eniId, action.description);
      return {};
    case 'set-source-dest-check':
      await enis.setSourceDestCheck(action.eniId, action.value);
      return {};
    case 'assign-addresses':
      await enis.assignAddresses(action.eniId, action);
      return {};
    case 'set-tags':
    case 'restore-tags':
      await enis.setTags(action.eniId, action.tags);
      return {};
    case 'remove-tags':
      await enis.removeTags(action.eniId, action.keys);
      return {};
    case 'give-up':
      await ignoreNotFound(enis.giveUp(action.eniId, action.tags));
      return {};
    case 'detach':
      await ignoreNotFound(enis.detach(action.attachmentId));
      return {};
    case 'delete':
      await ignoreNotFound(enis.delete(action.eniId));
      return {};
    default:
      return action satisfies never;
  }
};

/** Runs the actions side by side, since no two concern one slot, and reports every outcome. */
export const executePlan = (
  enis: NetworkInterfaceProvider,
  instanceId: string,
  actions: readonly InterfaceAction[],
): Promise<ActionResult[]> =>
  Promise.all(
    actions.map(async (action): Promise<ActionResult> => {
      try {
        return { action, ...(await run(enis, instanceId, action)) };
      } catch (error) {
        return failureOf(error) === 'AlreadyDone' ? { action } : { action, error };
      }
    }),
  );
