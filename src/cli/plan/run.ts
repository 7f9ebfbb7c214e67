import { changeOf, type SlotPlan } from '#core/instance/slot-plan.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import { Complaint } from '../complaint.ts';
import {
  type NetworkChange,
  networkChanges,
  resourceChanges,
  toldOfChange,
  toldOfNetworks,
  unreadyNetworks,
} from './networks.ts';
import { type PlanOutcome, worstOf } from './outcome.ts';

type Plans = Awaited<ReturnType<FullOperator['plan']>>;
type Planned = Plans extends ReadonlyMap<string, infer T> ? T : never;

const INSTANCE_ID = /^i-[0-9a-f]+$/;

const allInstanceIds = async ({ stores }: FullOperator): Promise<readonly string[]> => {
  const [instances, states, nodes] = await Promise.all([
    stores.instances.list(),
    stores.states.list(),
    stores.nodes.list(),
  ]);
  const ids = [
    ...instances.map(({ instanceId }) => instanceId),
    ...states.map(({ metadata }) => metadata.name),
    ...nodes.flatMap(({ instanceId }) => instanceId ?? []),
  ];
  return [...new Set(ids)].toSorted();
};

const instanceIdOf = async ({ stores }: FullOperator, subject: string): Promise<string> => {
  if (INSTANCE_ID.test(subject)) return subject;
  const node = (await stores.nodes.list()).find(({ name }) => name === subject);
  if (node === undefined)
    throw new Complaint(`There is no node "${subject}". Run "kubectl get nodes" to see them.`);
  if (node.instanceId === undefined)
    throw new Complaint(`Node "${subject}" is no EC2 instance: its spec.providerID names none.`);
  return node.instanceId;
};

const titleOf = (instanceId: string, { observed }: Planned): string => {
  const facts = [observed.node?.name, observed.instance?.state ?? 'unknown to EC2'];
  return `${instanceId} (${facts.filter(Boolean).join(', ')})`;
};

/** Reasons for which only a person can go on, though nothing has failed. */
const NEEDS_A_PERSON = new Set(['NeedsAdoption', 'Paused', 'Held']);

/** A call that is still to be made and is not the next one is held back: EC2 refused it before. */
const isHeldBack = ({ needs = [], report }: SlotPlan): boolean =>
  needs.length > 0 && report?.reason !== 'Updating';

const isBlocked = (plan: SlotPlan): boolean =>
  plan.report !== undefined &&
  (plan.report.phase === 'Failed' || isHeldBack(plan) || NEEDS_A_PERSON.has(plan.report.reason));

const isWaiting = ({ report }: SlotPlan): boolean =>
  ['Pending', 'Releasing'].includes(report?.phase ?? '') && report?.reason !== 'InstanceEnding';

/** Out: what is to happen to a slot, and how that counts. */
const standingOf = (
  plan: SlotPlan,
  { observed }: Planned,
): { readonly what: string; readonly outcome: PlanOutcome } => {
  const change = changeOf(plan, observed.state?.spec.interfaces?.[plan.slot]);
  if (plan.action !== undefined) return { what: change ?? '', outcome: 'changes' };
  if (isBlocked(plan)) return { what: 'blocked', outcome: 'blocked' };
  if (change !== undefined) return { what: change, outcome: 'changes' };
  if (isWaiting(plan)) return { what: 'waiting', outcome: 'changes' };
  return { what: 'nothing to do', outcome: 'none' };
};

const linesFor = (instanceId: string, planned: Planned): readonly string[] => {
  const { plan } = planned;
  const slots = plan.slots.map((slotPlan) => {
    const { slot, report } = slotPlan;
    const why = report === undefined ? '' : ` (${report.reason}: ${report.message})`;
    return `  ${slot}: ${standingOf(slotPlan, planned).what}${why}`;
  });
  const others = [
    ...(plan.areLabelsKnown || plan.isUndecided
      ? []
      : ['  not all its labels are known yet: what they decide is neither built nor released']),
    ...(plan.isUndecided ? ['  EC2 cannot tell yet whether it lives: nothing is concluded'] : []),
    ...plan.unaccepted.map((name) => `  ${name}: waiting until it is accepted`),
    ...plan.postponed.map((slot) => `  ${slot}: waiting until that of an earlier NodeENI is gone`),
  ];
  const networks = toldOfNetworks(planned).map(({ line }) => `  ${line}`);
  const all = [...slots, ...networks, ...others];
  const lines = all.length === 0 ? ['  no NodeENI asks for an interface here'] : all;
  return [titleOf(instanceId, planned), ...lines];
};

const outcomeOf = (planned: Planned): PlanOutcome => {
  const { slots, unaccepted, postponed, isUndecided, areLabelsKnown } = planned.plan;
  return worstOf([
    ...slots.map((slotPlan) => standingOf(slotPlan, planned).outcome),
    ...toldOfNetworks(planned).map(({ outcome }) => outcome),
    isUndecided || !areLabelsKnown ? 'blocked' : 'none',
    unaccepted.length + postponed.length > 0 ? 'changes' : 'none',
  ]);
};

/** The plans as text for people. */
const asText = (plans: Plans, changes: readonly NetworkChange[]): string => {
  const instances =
    plans.size === 0
      ? ['No instance of this cluster is known.']
      : [...plans].map((entry) => linesFor(...entry).join('\n'));
  const networks = changes.map((change) => toldOfChange(change).line);
  const sections = [...instances, ...(networks.length === 0 ? [] : [networks.join('\n')])];
  return `${sections.join('\n\n')}\n`;
};

/** The plans as JSON for programs: actions as data, instance by instance, and then what the networks still lack. */
const asJson = (plans: Plans, changes: readonly NetworkChange[]): string => {
  const instances = [...plans].map(([instanceId, planned]) => {
    const { plan, observed } = planned;
    const networks = unreadyNetworks(planned);
    const resources = resourceChanges(planned);
    return {
      instanceId,
      ...(observed.node !== undefined && { node: observed.node.name }),
      ...plan,
      ...(networks.length > 0 && { networks }),
      ...(Object.keys(resources).length > 0 && { resources }),
    };
  });
  return `${JSON.stringify([...instances, ...changes], null, 2)}\n`;
};

/**
 * What would be done to one node or instance, or to all. Reads only. Throws a `Complaint` for a node that is not there.
 */
export const runPlan = async (
  operator: FullOperator,
  {
    subject,
    isJson,
    onOutcome,
    at = () => undefined,
  }: {
    readonly subject?: string;
    readonly isJson: boolean;
    readonly onOutcome?: (outcome: PlanOutcome) => void;
    /** Told what is done now. */
    readonly at?: (what: string) => void;
  },
): Promise<string> => {
  at('reading instances, records and nodes');
  const instanceIds =
    subject === undefined
      ? await allInstanceIds(operator)
      : [await instanceIdOf(operator, subject)];
  at(`planning ${instanceIds.length} instance${instanceIds.length === 1 ? '' : 's'}`);
  const plans: Plans = instanceIds.length === 0 ? new Map() : await operator.plan(instanceIds);
  // What is asked of one node is answered of that node.
  const changes = subject === undefined ? await networkChanges(operator) : [];
  onOutcome?.(
    worstOf([
      ...[...plans.values()].map(outcomeOf),
      ...changes.map((change) => toldOfChange(change).outcome),
    ]),
  );
  return isJson ? asJson(plans, changes) : asText(plans, changes);
};
