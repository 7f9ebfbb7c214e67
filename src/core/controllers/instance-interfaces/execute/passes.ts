import { nodeEniNameOf, type Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { asCallError, failureOf } from '#core/errors.ts';
import { withAnswer } from '#core/instance/host-command.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import { purposeOf } from '#core/instance/interface-action.ts';
import type { Observed } from '#core/instance/observed.ts';
import { retryOf, type Setback } from '#core/instance/setback.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import { canonicalJson } from '#core/json.ts';
import type { NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { NodeEniStateStore } from '#core/ports/cluster.ts';
import { REQUEUE_SECONDS } from '#core/requeue.ts';
import { isRepair, repairNote } from '../plan/fights.ts';
import { planInstance } from '../plan/plan.ts';
import { mustRecordFirst, recordChanges } from '../plan/record-changes.ts';
import { setbackOf } from '../plan/setbacks.ts';
import { type ActionResult, executePlan } from './execute.ts';
import { setbackFor } from './failures.ts';
import { project } from './project.ts';

/** A slot needs at most seven steps from nothing to done; more means that two rules disagree. */
const MOST_ROUNDS = 12;

/** The reconcile of one instance while it goes on. */
export interface Progress {
  readonly observed: Observed;
  readonly plan: InstancePlan;
  readonly results: readonly ActionResult[];
}

const isAccepted = ({ results }: Omit<Progress, 'plan'>, call: string): boolean =>
  results.some(({ action, error }) => error === undefined && canonicalJson(action) === call);

/** A call that was made and shows no effect yet is not made again; of an attachment that is remembered beyond this reconcile. */
const withoutRepeats = (plan: SlotPlan, progress: Omit<Progress, 'plan'>): SlotPlan => {
  const call = plan.action && canonicalJson(plan.action);
  if (call === undefined || progress.observed.made?.has(call) !== true) return plan;
  const { action, ...rest } = plan;
  const isRemembered = action?.type === 'attach' && isAccepted(progress, call) && plan.record;
  const attachAcceptedAt = progress.observed.now.toISOString();
  return {
    ...rest,
    ...(isRemembered && { record: { ...isRemembered, attachAcceptedAt } }),
    requeueAfterSeconds: REQUEUE_SECONDS,
  };
};

const planned = (progress: Omit<Progress, 'plan'>): InstancePlan => {
  const instancePlan = planInstance(progress.observed);
  return {
    ...instancePlan,
    slots: instancePlan.slots.map((slotPlan) => withoutRepeats(slotPlan, progress)),
  };
};

/** The first plan of a reconcile. */
export const beginReconcile = (observed: Observed): Progress => {
  const fresh = { observed, results: [] };
  return { ...fresh, plan: planned(fresh) };
};

/** ENIs that this reconcile made and that EC2 does not show yet ("Eventual consistency", EC2 API Reference). */
const unseenCreations = (
  { observed, results }: Progress,
  ours: Observed['ours'],
): Observed['ours'] => {
  const made = new Set(results.map(({ created }) => created?.eniId));
  const shown = new Set(ours.map(({ eniId }) => eniId));
  return observed.ours.filter(({ eniId }) => made.has(eniId) && !shown.has(eniId));
};

/** The same reconcile with newer snapshot of the ENIs: calls that EC2 has shown the effect of may be made again. */
export const resumeReconcile = (progress: Progress, ours: Observed['ours']): Progress => {
  const observed = { ...progress.observed, ours: [...ours, ...unseenCreations(progress, ours)] };
  const fresh = { ...progress, observed };
  return { ...fresh, plan: planned(fresh) };
};

const isOver = (result: ActionResult): boolean =>
  result.error !== undefined && failureOf(result.error) !== 'Conflict';

/** The NodeENI that a slot of the plan is about, as it was when EC2 was asked. */
const askedBy = (slot: Slot, { observed }: Progress) => {
  const name = nodeEniNameOf(slot);
  const nodeEni = observed.nodeEnis.find(({ metadata }) => metadata.name === name);
  return {
    generation: nodeEni?.metadata.generation,
    retry: nodeEni === undefined ? undefined : retryOf(nodeEni),
  };
};

const setbackAfter = ({ action, error }: ActionResult, progress: Progress): Setback => {
  const { slot } = action;
  const stored = progress.observed.state?.spec.interfaces?.[slot];
  return setbackFor(asCallError(error), {
    action,
    previous: setbackOf(slot, purposeOf(action), stored, progress.observed),
    ...askedBy(slot, progress),
    now: progress.observed.now,
    isFirstTry:
      action.type === 'create' && stored?.create?.clientToken !== action.parameters.clientToken,
  });
};

/** What is remembered of a call that was taken: a repair that may not last. */
const noteOf = ({ action, error }: ActionResult, progress: Progress): Setback | undefined => {
  const { slot } = action;
  const stored = progress.observed.state?.spec.interfaces?.[slot];
  const isNewlyAttached = progress.results.some(
    (result) => result.action.type === 'attach' && result.action.slot === slot,
  );
  if (error !== undefined || !isRepair(action, stored, isNewlyAttached)) return undefined;
  return repairNote(action, {
    previous: setbackOf(slot, purposeOf(action), stored, progress.observed),
    ...askedBy(slot, progress),
    now: progress.observed.now,
  });
};

const afterRound = (
  progress: Progress,
  observed: Observed,
  results: readonly ActionResult[],
): Progress => {
  const { setbacks: before = {}, made = [] } = observed;
  const setbacks = { ...before };
  for (const result of results) {
    const { action } = result;
    const met = isOver(result) ? setbackAfter(result, progress) : noteOf(result, progress);
    if (met !== undefined)
      setbacks[action.slot] = { ...setbacks[action.slot], [purposeOf(action)]: met };
  }
  const next = {
    observed: {
      ...project(observed, results),
      setbacks,
      made: new Set([...made, ...results.map(({ action }) => canonicalJson(action))]),
    },
    results: [...progress.results, ...results],
  };
  return { ...next, plan: planned(next) };
};

/**
 * Plans and executes until no slot has a step left that can be made now. What must survive a crash is recorded
 * before the calls; everything else is written once, at the end, by the caller.
 */
export const runReconcile = async (
  start: Progress,
  { enis, states }: { readonly enis: NetworkInterfaceProvider; readonly states: NodeEniStateStore },
): Promise<Progress> => {
  let progress = start;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { slots } = progress.plan;
    if (slots.every(({ action }) => action === undefined)) return progress;

    const { instanceId, node, state } = progress.observed;
    const changes = recordChanges(progress.plan, progress.observed);
    const stored = mustRecordFirst(changes, progress.observed)
      ? await states.patchSpec(instanceId, {
          ...(node && { nodeName: node.name }),
          interfaces: changes,
        })
      : state;
    const { answer } = progress.observed;
    const known = stored && answer ? withAnswer(stored, answer) : stored;
    const observed = { ...progress.observed, ...(known && { state: known }) };
    progress = afterRound(progress, observed, await executePlan(enis, slots, observed));
  }
  return progress;
};
