/** The plan of one instance: a pure function from what is observed to what is to be done. */
export { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
export type { InstancePlan } from '#core/instance/instance-plan.ts';
export { describeAction, type InterfaceAction } from '#core/instance/interface-action.ts';
export type { Observed } from '#core/instance/observed.ts';
