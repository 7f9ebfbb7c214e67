import { describeAction } from './agent/actions.ts';
import type { Outcome } from './agent/controller.ts';
import { messageOf } from './agent/errors.ts';
import type { HostPlan } from './agent/plan.ts';

/** A plan for people and programs: each action with its line of text. */
export const planReport = ({ plugin, slots, leftovers }: HostPlan) => ({
  actions: [...plugin, ...slots.flatMap(({ actions }) => actions), ...leftovers].map((action) => ({
    description: describeAction(action),
    ...action,
  })),
  findings: slots.flatMap(({ subject, finding, notes }) =>
    [...(finding === undefined ? [] : [finding]), ...notes].map((one) => ({
      slot: subject.desired.slot,
      ...one,
    })),
  ),
});

/** What one reconcile came to: the host's status, and every step that was taken. */
export const outcomeReport = ({ isConverged, status, results, plan }: Outcome) => ({
  converged: isConverged,
  host: status,
  steps: results.map(({ action, error }) => ({
    description: describeAction(action),
    ...(error === undefined ? {} : { error: messageOf(error) }),
  })),
  findings: planReport(plan).findings,
});
