import { type CallError, failureOf } from '#core/errors.ts';
import { canonicalJson } from '#core/json.ts';
import type { NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { NodeEniStateStore } from '#core/ports/cluster.ts';
import { withAnswer } from '../host-commands/answer.ts';
import { type ActionResult, executePlan } from './execute.ts';
import { asCallError, withFailure } from './failures.ts';
import type { Observed } from './observed.ts';
import { type InstancePlan, planInstance } from './plan.ts';
import { project } from './project.ts';
import type { SlotPlan } from './slot-plan.ts';
import { mustRecordFirst, recordChanges } from './status.ts';

/** A slot needs at most seven steps from nothing to done; more means that two rules disagree. */
const MOST_ROUNDS = 12;

/** One look at one instance while it goes on. */
export interface Look {
  readonly observed: Observed;
  readonly plan: InstancePlan;
  readonly failures: ReadonlyMap<string, CallError>;
  /** Calls already made in this look: none is made twice before EC2 was asked again. */
  readonly made: ReadonlySet<string>;
  readonly results: readonly ActionResult[];
}

const NEXT_LOOK_SECONDS = 15;

const isAccepted = ({ results }: Omit<Look, 'plan'>, call: string): boolean =>
  results.some(({ action, error }) => error === undefined && canonicalJson(action) === call);

/** A call that was made and shows no effect yet is not made again; of an attachment that is remembered beyond this look. */
const withoutRepeats = (plan: SlotPlan, look: Omit<Look, 'plan'>): SlotPlan => {
  const call = plan.action && canonicalJson(plan.action);
  if (call === undefined || !look.made.has(call)) return plan;
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
    slots: instancePlan.slots.map((slotPlan) => {
      const failure = look.failures.get(slotPlan.slot);
      const plan = withoutRepeats(slotPlan, look);
      return failure === undefined ? plan : withFailure(plan, failure, look.observed);
    }),
  };
};

/** The first plan of a look. */
export const beginLook = (observed: Observed): Look => {
  const fresh = { observed, failures: new Map(), made: new Set<string>(), results: [] };
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

const afterRound = (look: Look, observed: Observed, results: readonly ActionResult[]): Look => {
  const next = {
    observed: project(observed, results),
    failures: new Map([
      ...look.failures,
      ...results
        .filter(isOver)
        .map(({ action, error }) => [action.slot, asCallError(error)] as const),
    ]),
    made: new Set([...look.made, ...results.map(({ action }) => canonicalJson(action))]),
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
