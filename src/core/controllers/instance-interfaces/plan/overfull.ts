import type { Observed } from '#core/instance/observed.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';

const cardOf = ({ nodeEni }: SlotPlan, { nodeEnis }: Observed): number =>
  nodeEnis.find(({ metadata }) => metadata.name === nodeEni)?.spec.networkCardIndex ?? 0;

/**
 * True for a slot whose card is full and takes fewer interfaces than are asked of it, whoever else may leave: of the others only the
 * primary interface never does.
 */
export const isOverfull = (
  slotPlan: SlotPlan,
  required: readonly SlotPlan[],
  observed: Observed,
): boolean => {
  if (slotPlan.report?.reason !== 'InstanceLimitReached') return false;
  const card = cardOf(slotPlan, observed);
  const most = observed.limits?.networkCards[card];
  const asked = required.filter((other) => cardOf(other, observed) === card).length;
  return most !== undefined && asked > (card === 0 ? most - 1 : most);
};
