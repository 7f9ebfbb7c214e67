import { failureOf, ignoreNotFound } from '#core/errors.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import type { Cause } from '#core/ports/cause.ts';
import type { NetworkInterface, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import { causeOf } from './cause.ts';

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
  action: InterfaceAction,
  cause: Cause & { readonly instanceId: string },
): Promise<Outcome> => {
  switch (action.type) {
    case 'create':
      return { created: await enis.create(action.parameters, cause) };
    case 'attach':
      return {
        attachmentId: await enis.attach({ ...action, instanceId: cause.instanceId }, cause),
      };
    case 'set-delete-on-termination':
      await enis.setDeleteOnTermination(action, cause);
      return {};
    case 'set-groups':
      await enis.setGroups(action.eniId, action.groupIds, cause);
      return {};
    case 'set-description':
      await enis.setDescription(action.eniId, action.description, cause);
      return {};
    case 'set-source-dest-check':
      await enis.setSourceDestCheck(action.eniId, action.value, cause);
      return {};
    case 'assign-addresses':
      await enis.assignAddresses(action.eniId, action, cause);
      return {};
    case 'set-tags':
    case 'restore-tags':
      await enis.setTags(action.eniId, action.tags, cause);
      return {};
    case 'remove-tags':
      await enis.removeTags(action.eniId, action.keys, cause);
      return {};
    case 'give-up':
      await ignoreNotFound(enis.giveUp(action.eniId, action.tags, cause));
      return {};
    case 'detach':
      await ignoreNotFound(enis.detach(action.attachmentId, { eniId: action.eniId, ...cause }));
      return {};
    case 'delete':
      await ignoreNotFound(enis.delete(action.eniId, cause));
      return {};
    default:
      return action satisfies never;
  }
};

/** Runs the actions of the slots side by side, since each has one at most, and reports every outcome. */
export const executePlan = async (
  enis: NetworkInterfaceProvider,
  slots: readonly SlotPlan[],
  observed: Observed,
): Promise<ActionResult[]> => {
  const outcomes = slots.map(async (slotPlan): Promise<readonly ActionResult[]> => {
    const { action } = slotPlan;
    if (action === undefined) return [];
    try {
      return [{ action, ...(await run(enis, action, causeOf(action, slotPlan, observed))) }];
    } catch (error) {
      return failureOf(error) === 'AlreadyDone' ? [{ action }] : [{ action, error }];
    }
  });
  return (await Promise.all(outcomes)).flat();
};
