import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { Slot, SlotSpec, SlotStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import { sameJson } from '#core/json.ts';
import { describeAction, type InterfaceAction, type Purpose } from './interface-action.ts';

/** How a slot stands, in words for people and for the lifecycle hooks. */
export interface SlotReport {
  readonly phase: SlotStatus['phase'];
  readonly reason: string;
  readonly message: string;
  /** The device index that is asked for, where the interface has another and may keep it. */
  readonly askedDeviceIndex?: number;
}

/** What is to happen to one slot now. */
export interface SlotPlan {
  readonly slot: Slot;
  readonly nodeEni: string;
  /** The one EC2 call to make, if any. */
  readonly action?: InterfaceAction;
  /** Kinds of calls that are still to be made, those that are held back among them. Absent: that of the action alone. */
  readonly needs?: readonly Purpose[];
  /** What the state object is to say: a record, `null` to forget the slot, absent to leave it as it is. */
  readonly record?: SlotSpec | null;
  /** Absent when there is nothing left to say. */
  readonly report?: SlotReport;
  /** Present when only time will tell. */
  readonly requeueAfterSeconds?: number;
}

/** What counts as asked for: no slot that is skipped, given up, kept after its instance, or on its way out. */
export const isAskedFor = ({ phase, reason }: Pick<SlotReport, 'phase' | 'reason'>): boolean =>
  !['Skipped', 'Releasing', 'Retained'].includes(phase) && reason !== 'AttachedElsewhere';

export const report = (
  phase: SlotReport['phase'],
  reason: string,
  message: string,
): SlotReport => ({ phase, reason, message });

/** An attachment that hangs: nothing that we may call ends it. */
export const attachStuck = (eniId: string): SlotReport =>
  report(
    'Failed',
    'AttachStuck',
    `${eniId} has been attaching for over 10 minutes. Stop and start the instance, or replace it.`,
  );

/** A detachment that hangs: only a person may force it ("DetachNetworkInterface", `Force`: a last resort). */
export const detachStuck = (eniId: string): SlotReport =>
  report(
    'Failed',
    'DetachStuck',
    `${eniId} has been detaching for over 10 minutes. Stop the instance, or force the detachment by hand as a last resort.`,
  );

/** An ENI that is known by a record, a row or a place, and not by our tags: a person's decision, and until then nobody lets go. */
export const unadopted = (eniId: string, nodeEni: string): SlotReport =>
  report(
    'Pending',
    'NeedsAdoption',
    `${eniId} holds this slot and does not carry our tags. Run: nodeeni adopt ${nodeEni}`,
  );

/**
 * What would be done, in words; undefined where nothing would. A host does what the record says, so a record that changes
 * is as good as a call. One that goes asks for nothing.
 */
export const changeOf = ({ action, record }: SlotPlan, stored: SlotSpec | undefined) => {
  if (action !== undefined) return describeAction(action);
  if (!record || sameJson(record, stored)) return undefined;
  return record.phase === 'Releasing'
    ? 'ask the host to let go of the link'
    : 'tell the host what changed';
};

/** A paused NodeENI is planned and told, and nothing of it runs. In: the plan, and the record as it is stored. */
export const withPause = (
  plan: SlotPlan,
  nodeEni: NodeEni | undefined,
  stored: SlotSpec | undefined,
): SlotPlan => {
  const change = nodeEni?.spec.paused === true ? changeOf(plan, stored) : undefined;
  if (change === undefined) return plan;
  return {
    slot: plan.slot,
    nodeEni: plan.nodeEni,
    report: report('Pending', 'Paused', `The NodeENI is paused. Without that: ${change}.`),
  };
};
