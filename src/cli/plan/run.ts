import { describeAction } from '#core/controllers/instance-interfaces/actions.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import { Complaint } from '../complaint.ts';

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

const linesFor = (instanceId: string, planned: Planned): readonly string[] => {
  const { plan } = planned;
  const slots = plan.slots.map(({ slot, action, report }) => {
    const what = action === undefined ? 'nothing to do' : describeAction(action);
    const why = report === undefined ? '' : ` (${report.reason}: ${report.message})`;
    return `  ${slot}: ${what}${why}`;
  });
  const others = [
    ...(plan.areLabelsKnown
      ? []
      : ['  not all its labels are known yet: what they decide is neither built nor released']),
    ...(plan.isUndecided ? ['  EC2 cannot tell yet whether it lives: nothing is concluded'] : []),
    ...(plan.slots.length === 0 ? ['  no NodeENI asks for an interface here'] : []),
  ];
  return [titleOf(instanceId, planned), ...slots, ...others];
};

/** The plans as text for people. */
const asText = (plans: Plans): string =>
  plans.size === 0
    ? 'No instance of this cluster is known.\n'
    : `${[...plans].map((entry) => linesFor(...entry).join('\n')).join('\n\n')}\n`;

/** The plans as JSON for programs: actions as data, instance by instance. */
const asJson = (plans: Plans): string => {
  const document = [...plans].map(([instanceId, { plan, observed }]) => ({
    instanceId,
    ...(observed.node !== undefined && { node: observed.node.name }),
    ...plan,
  }));
  return `${JSON.stringify(document, null, 2)}\n`;
};

/**
 * What would be done to one node or instance, or to all. Reads only. Throws a `Complaint` for a node that is not there.
 */
export const runPlan = async (
  operator: FullOperator,
  { subject, isJson }: { readonly subject?: string; readonly isJson: boolean },
): Promise<string> => {
  const instanceIds =
    subject === undefined
      ? await allInstanceIds(operator)
      : [await instanceIdOf(operator, subject)];
  const plans: Plans = instanceIds.length === 0 ? new Map() : await operator.plan(instanceIds);
  return isJson ? asJson(plans) : asText(plans);
};
