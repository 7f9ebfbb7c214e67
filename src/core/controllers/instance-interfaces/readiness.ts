import { nodeEniNameOf, type Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { hasReporter, isConfigured } from '#core/host-report.ts';
import type { Observed } from '#core/instance/observed.ts';
import { isAskedFor, type SlotPlan } from '#core/instance/slot-plan.ts';
import type { Holder, InstanceReadiness, Unready } from '#core/readiness.ts';
import type { ReconcileOutcome } from './controller.ts';
import { unreadableFor } from './observe/selection.ts';
import { isOverfull } from './plan/overfull.ts';
import { recordToJudge } from './plan/record-changes.ts';

const UNKNOWN: InstanceReadiness = {
  isKnown: false,
  unattached: [],
  unconfigured: [],
  isFlagPending: false,
};

const isRequired = ({ report }: SlotPlan): boolean =>
  report !== undefined && isAskedFor(report) && report.reason !== 'Paused';

type HolderOf = (name: string) => Holder;

/** Labels of NodeENIs are looked up for those only that hold something. */
const holdersIn =
  ({ nodeEnis, invalidNodeEnis }: Observed): HolderOf =>
  (name) => {
    const found =
      nodeEnis.find(({ metadata }) => metadata.name === name) ??
      invalidNodeEnis.find((invalid) => invalid.name === name);
    return { name, labels: found?.metadata?.labels ?? {} };
  };

const unready = ({ slot, nodeEni, report }: SlotPlan, holderOf: HolderOf): Unready => ({
  slot,
  holder: holderOf(nodeEni),
  reason: report?.reason ?? '',
  message: report?.message ?? '',
});

const unaccepted = (name: string, holderOf: HolderOf): Unready => ({
  slot: name,
  holder: holderOf(name),
  reason: 'NotAcceptedYet',
  message: `${name} is new and has not been taken up yet.`,
});

const unreadable = (name: string, holderOf: HolderOf): Unready => ({
  slot: name,
  holder: holderOf(name),
  reason: 'UnreadableSpec',
  message: `The spec of ${name} cannot be read, so nobody knows which interface is missing.`,
});

const postponed = (slot: Slot, holderOf: HolderOf): Unready => ({
  slot,
  holder: holderOf(nodeEniNameOf(slot)),
  reason: 'ReleasingEarlier',
  message: 'The interface of an earlier NodeENI of this name is released first.',
});

const isSetUp = (slotPlan: SlotPlan, observed: Observed): boolean =>
  isConfigured(observed.state?.status?.host?.[slotPlan.slot], recordToJudge(slotPlan, observed));

/** True where somebody serves the slot, and for a network for pods, which is nothing without an agent. */
const isWaitedFor = (slotPlan: SlotPlan, observed: Observed): boolean => {
  const record = recordToJudge(slotPlan, observed);
  return record?.podNetwork !== undefined || hasReporter(observed.state, record);
};

/** What a reconcile found, in the words of the hooks and the startup taint. */
export const readinessOf = (outcome: ReconcileOutcome | undefined): InstanceReadiness => {
  // Nobody has seen the flags of a reconcile that failed: an instance that ends is held until the next one, or until its hook expires.
  if (outcome?.kind === 'failed') return { ...UNKNOWN, isFlagPending: true };
  if (outcome?.kind !== 'reconciled') return UNKNOWN;
  const { plan, observed } = outcome;
  const holderOf = holdersIn(observed);
  // Whatever is said of the slots of a paused NodeENI, nobody works on them.
  const paused = new Set(
    observed.nodeEnis.flatMap(({ metadata, spec }) => (spec.paused === true ? metadata.name : [])),
  );
  const required = plan.slots.filter((slot) => isRequired(slot) && !paused.has(slot.nodeEni));
  const unconfigured = required.filter(
    (slotPlan) => slotPlan.report?.phase === 'Attached' && !isSetUp(slotPlan, observed),
  );
  return {
    isKnown: plan.areLabelsKnown && !plan.isUndecided,
    ...(plan.undecided && { undecided: plan.undecided.map(holderOf) }),
    unattached: [
      ...required
        .filter(({ report }) => report?.phase !== 'Attached')
        .map((slotPlan) => ({
          ...unready(slotPlan, holderOf),
          ...(isOverfull(slotPlan, required, observed) && { reason: 'TooManyInterfaces' }),
        })),
      ...plan.unaccepted.map((name) => unaccepted(name, holderOf)),
      ...plan.postponed.map((slot) => postponed(slot, holderOf)),
      ...unreadableFor(observed).map((name) => unreadable(name, holderOf)),
    ],
    unconfigured: unconfigured.map((slot) => unready(slot, holderOf)),
    hasHostReport: unconfigured.some((slotPlan) => isWaitedFor(slotPlan, observed)),
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
