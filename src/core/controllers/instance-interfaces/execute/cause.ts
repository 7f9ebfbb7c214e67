import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import { isGone, type Observed } from '#core/instance/observed.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import type { Cause } from '#core/ports/cause.ts';

/** Why an interface leaves its instance, or its place on it. */
const whyItLeaves = ({ slot, report }: SlotPlan, observed: Observed): string => {
  if (report?.reason === 'Moving') return 'it moves to the device index that its NodeENI requires';
  if (slot.includes('#')) return 'another ENI holds its slot';
  const name = nodeEniNameOf(slot);
  const nodeEni = observed.nodeEnis.find(({ metadata }) => metadata.name === name);
  if (isGone(observed)) return 'its instance has ended';
  if (nodeEni === undefined) return 'its NodeENI is gone';
  if (nodeEni.metadata.deletionTimestamp !== undefined) return 'its NodeENI is being deleted';
  return 'its NodeENI does not ask for it here any more';
};

const whyOf = (type: InterfaceAction['type'], slotPlan: SlotPlan, observed: Observed): string => {
  switch (type) {
    case 'create':
    case 'attach':
      return 'its NodeENI asks for it';
    case 'detach':
    case 'delete':
      return whyItLeaves(slotPlan, observed);
    case 'restore-tags':
      return 'somebody has taken our tags off';
    case 'give-up':
      return 'somebody has attached it to another instance';
    case 'set-delete-on-termination':
    case 'set-groups':
    case 'set-description':
    case 'set-source-dest-check':
    case 'assign-addresses':
    case 'set-tags':
    case 'remove-tags':
      return 'it differs from what its NodeENI asks for';
    default:
      return type satisfies never;
  }
};

/** For whom the action of a slot is executed, and why, for the log. */
export const causeOf = (
  action: InterfaceAction,
  slotPlan: SlotPlan,
  observed: Observed,
): Cause & { readonly instanceId: string } => ({
  instanceId: observed.instanceId,
  nodeEni: slotPlan.nodeEni,
  slot: slotPlan.slot,
  why: whyOf(action.type, slotPlan, observed),
});
