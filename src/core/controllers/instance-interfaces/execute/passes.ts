import { nodeEniNameOf, type Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { failureOf } from '#core/errors.ts';
import { purposeOf } from '#core/instance/interface-action.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import { canonicalJson } from '#core/json.ts';
import type { NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { NodeEniStateStore } from '#core/ports/cluster.ts';
import { withAnswer } from '../host-commands/answer.ts';
import { isRepair, repairNote } from '../plan/fights.ts';
import { type InstancePlan, planInstance } from '../plan/plan.ts';
import { type Setback, setbackOf } from '../plan/setbacks.ts';
import { mustRecordFirst, recordChanges } from '../status.ts';
import { type ActionResult, executePlan } from './execute.ts';
import { asCallError, setbackFor } from './failures.ts';
import { project } from './project.ts';

/** A slot needs at most seven steps from nothing to done; more means that two rules disagree. */
const MOST_ROUNDS = 12;

/** One look at one instance while it goes on. */
export interface Look {
  readonly observed: Observed;
  readonly plan: InstancePlan;
  readonly results: readonly ActionResult[];
}

const NEXT_LOOK_SECONDS = 15;

const isAccepted = ({ results }: Omit<Look, 'plan'>, call: string): boolean =>
  results.some(({ action, error }) => error === undefined && canonicalJson(action) === call);

/** A call that was made and shows no effect yet is not made again; of an attachment that is remembered beyond this look. */
const withoutRepeats = (plan: SlotPlan, look: Omit<Look, 'plan'>): SlotPlan => {
  const call = plan.action && canonicalJson(plan.action);
  if (call === undefined || look.observed.made?.has(call) !== true) return plan;
  const { action, ...rest } = plan;
  const isRemembered = action?.type === 'attach' && isAccepted(look, call) && plan.record;
  const attachAcceptedAt = look.observed.now.toISOString();
  return {
    ...rest,
    ...(isRemembered && { record: { ...isRemembered, attachAcceptedAt } }),
    lookAgainSeconds: NEXT_LOOK_SECONDS,
  };
};

const planned = (look: Omit<Look, 'plan'>): InstancePlan => {
  const instancePlan = planInstance(look.observed);
  return {
    ...instancePlan,
    slots: instancePlan.slots.map((slotPlan) => withoutRepeats(slotPlan, look)),
  };
};

/** The first plan of a look. */
export const beginLook = (observed: Observed): Look => {
  const fresh = { observed, results: [] };
  return { ...fresh, plan: planned(fresh) };
};

/** ENIs that this look made and that EC2 does not show yet ("Eventual consistency", EC2 API Reference). */
const unseenCreations = ({ observed, results }: Look, ours: Observed['ours']): Observed['ours'] => {
  const made = new Set(results.map(({ created }) => created?.eniId));
  const shown = new Set(ours.map(({ eniId }) => eniId));
  return observed.ours.filter(({ eniId }) => made.has(eniId) && !shown.has(eniId));
};

/** The same look with newer readings of the ENIs: calls that EC2 has shown the effect of may be made again. */
export const resumeLook = (look: Look, ours: Observed['ours']): Look => {
  const observed = { ...look.observed, ours: [...ours, ...unseenCreations(look, ours)] };
  const fresh = { ...look, observed };
  return { ...fresh, plan: planned(fresh) };
};

const isOver = (result: ActionResult): boolean =>
  result.error !== undefined && failureOf(result.error) !== 'Conflict';

/** The NodeENI that a slot of the plan is about, as it was when EC2 was asked. */
const generationFor = (slot: Slot, { observed }: Look): number | undefined =>
  observed.nodeEnis.find(({ metadata }) => metadata.name === nodeEniNameOf(slot))?.metadata
    .generation;

const setbackAfter = ({ action, error }: ActionResult, look: Look): Setback => {
  const { slot } = action;
  const stored = look.observed.state?.spec.interfaces?.[slot];
  return setbackFor(asCallError(error), {
    action,
    previous: setbackOf(slot, purposeOf(action), stored, look.observed),
    generation: generationFor(slot, look),
    now: look.observed.now,
    isFirstTry:
      action.type === 'create' && stored?.create?.clientToken !== action.parameters.clientToken,
  });
};

/** What is remembered of a call that was taken: a repair that may not last. */
const noteOf = ({ action, error }: ActionResult, look: Look): Setback | undefined => {
  const { slot } = action;
  const stored = look.observed.state?.spec.interfaces?.[slot];
  const isNewlyAttached = look.results.some(
    (result) => result.action.type === 'attach' && result.action.slot === slot,
  );
  if (error !== undefined || !isRepair(action, stored, isNewlyAttached)) return undefined;
  return repairNote(action, {
    previous: setbackOf(slot, purposeOf(action), stored, look.observed),
    generation: generationFor(slot, look),
    now: look.observed.now,
  });
};

const afterRound = (look: Look, observed: Observed, results: readonly ActionResult[]): Look => {
  const { setbacks: before = {}, made = [] } = observed;
  const setbacks = { ...before };
  for (const result of results) {
    const { action } = result;
    const met = isOver(result) ? setbackAfter(result, look) : noteOf(result, look);
    if (met !== undefined)
      setbacks[action.slot] = { ...setbacks[action.slot], [purposeOf(action)]: met };
  }
  const next = {
    observed: {
      ...project(observed, results),
      setbacks,
      made: new Set([...made, ...results.map(({ action }) => canonicalJson(action))]),
    },
    results: [...look.results, ...results],
  };
  return { ...next, plan: planned(next) };
};

/**
 * Plans and executes until no slot has a step left that can be made now. What must survive a crash is recorded
 * before the calls; everything else is written once, at the end, by the caller.
 */
export const runLook = async (
  start: Look,
  { enis, states }: { readonly enis: NetworkInterfaceProvider; readonly states: NodeEniStateStore },
): Promise<Look> => {
  let look = start;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const actions = look.plan.slots.flatMap(({ action }) => action ?? []);
    if (actions.length === 0) return look;

    const { instanceId, node, state } = look.observed;
    const changes = recordChanges(look.plan, look.observed);
    const stored = mustRecordFirst(changes, look.observed)
      ? await states.patchSpec(instanceId, {
          ...(node && { nodeName: node.name }),
          interfaces: changes,
        })
      : state;
    const { answer } = look.observed;
    const known = stored && answer ? withAnswer(stored, answer) : stored;
    const observed = { ...look.observed, ...(known && { state: known }) };
    look = afterRound(look, observed, await executePlan(enis, instanceId, actions));
  }
  return look;
};
