import type { Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isConfigured } from '#core/host-report.ts';
import type { InstanceReadiness, Unready } from '#core/readiness.ts';
import type { LookOutcome } from './controller.ts';
import type { Observed } from './observed.ts';
import { unreadableFor } from './selection.ts';
import type { SlotPlan } from './slot-plan.ts';

const UNKNOWN: InstanceReadiness = {
  isKnown: false,
  unattached: [],
  unconfigured: [],
  isFlagPending: false,
};

const isRequired = ({ report }: SlotPlan): boolean =>
  report !== undefined &&
  !['Skipped', 'Releasing', 'Retained'].includes(report.phase) &&
  report.reason !== 'Paused' &&
  report.reason !== 'AttachedElsewhere';

const unready = ({ slot, report }: SlotPlan): Unready => ({
  slot,
  reason: report?.reason ?? '',
  message: report?.message ?? '',
});

const unaccepted = (name: string): Unready => ({
  slot: name,
  reason: 'NotAcceptedYet',
  message: `${name} is new and has not been taken up yet.`,
});

const unreadable = (name: string): Unready => ({
  slot: name,
  reason: 'UnreadableSpec',
  message: `The spec of ${name} cannot be read, so nobody knows which interface is missing.`,
});

const postponed = (slot: Slot): Unready => ({
  slot,
  reason: 'ReleasingEarlier',
  message: 'The interface of an earlier NodeENI of this name is released first.',
});

const isSetUp = (slot: string, { state }: Observed): boolean =>
  isConfigured(state?.status?.host?.[slot], state?.spec.interfaces?.[slot]);

/** What a look found, in the words of the hooks and the startup taint. */
export const readinessOf = (outcome: LookOutcome | undefined): InstanceReadiness => {
  if (outcome?.kind !== 'looked') return UNKNOWN;
  const { plan, observed } = outcome;
  const required = plan.slots.filter(isRequired);
  const attached = required.filter(({ report }) => report?.phase === 'Attached');
  return {
    isKnown: plan.areLabelsKnown && !plan.isUndecided,
    unattached: [
      ...required.filter(({ report }) => report?.phase !== 'Attached').map(unready),
      ...plan.unaccepted.map(unaccepted),
      ...plan.postponed.map(postponed),
      ...unreadableFor(observed).map(unreadable),
    ],
    unconfigured: attached.filter(({ slot }) => !isSetUp(slot, observed)).map(unready),
    isFlagPending: observed.ours.some(
      ({ eniId, attachment }) =>
        attachment !== undefined &&
        Object.values(observed.state?.spec.interfaces ?? {}).some(
          (record) =>
            record.eniId === eniId &&
            record.deleteOnTermination !== undefined &&
            record.deleteOnTermination !== attachment.deleteOnTermination,
        ),
    ),
  };
};
