import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { Complaint } from '../complaint.ts';
import { type Explained, type ExplainedSubject, explained, explainedNodeEni } from './explain.ts';
import { slotsOf } from './moments.ts';
import { type FactsSource, readFacts, type Subject } from './read-facts.ts';
import { asSvg } from './svg.ts';
import { asText } from './text.ts';

export const FORMATS = ['text', 'json', 'svg'] as const;

export type Format = (typeof FORMATS)[number];

const INSTANCE_ID = /^i-[0-9a-f]+$/;

/** An instance, a node, or all instances that have interfaces of a NodeENI. Throws a `Complaint` for what is none of them. */
const find = async ({ operator }: FactsSource, name: string): Promise<Subject> => {
  if (INSTANCE_ID.test(name)) return { instanceIds: [name] };
  const { stores } = operator;
  const node = (await stores.nodes.list()).find((each) => each.name === name);
  if (node?.instanceId !== undefined) return { instanceIds: [node.instanceId] };
  if (node !== undefined)
    throw new Complaint(`Node "${name}" is no EC2 instance: its spec.providerID names none.`);
  const [states, { items, invalid }] = await Promise.all([
    stores.states.list(),
    stores.nodeEnis.list(),
  ]);
  const isOf = (slot: string): boolean => nodeEniNameOf(slot) === name;
  const instanceIds = states
    .filter(({ spec, status }) =>
      [...Object.keys(spec.interfaces ?? {}), ...Object.keys(status?.interfaces ?? {})].some(isOf),
    )
    .map(({ metadata }) => metadata.name);
  const isKnown = [...items, ...invalid].some(({ metadata }) => metadata.name === name);
  if (instanceIds.length === 0 && !isKnown)
    throw new Complaint(`There is no node, instance or NodeENI "${name}".`);
  return { instanceIds: instanceIds.toSorted(), nodeEni: name };
};

/** Of an instance only what belongs to this NodeENI, and what happened to the instance as a whole. */
const only = (each: Explained, nodeEni: string | undefined): Explained => {
  if (nodeEni === undefined) return each;
  const isOf = (about: { readonly slot?: string; readonly nodeEni?: string }): boolean => {
    const owner = about.slot === undefined ? about.nodeEni : nodeEniNameOf(about.slot);
    return owner === undefined || owner === nodeEni;
  };
  return {
    ...each,
    moments: each.moments.filter(isOf),
    stretches: each.stretches.filter(isOf),
    networks: each.networks.filter(isOf),
    waits: each.waits.filter(isOf),
  };
};

/** The NodeENI comes last: it stands there only where it tells what no instance does. */
const asJson = ({ instances, nodeEni }: ExplainedSubject): string => {
  const document = [...instances, ...(nodeEni === undefined ? [] : [nodeEni])];
  return `${JSON.stringify(document, null, 2)}\n`;
};

const WRITERS: Readonly<Record<Format, (explanation: ExplainedSubject) => string>> = {
  text: asText,
  json: asJson,
  svg: asSvg,
};

/** What happened to a node, an instance or the interfaces of a NodeENI, and what is waited for. Reads only. */
export const runExplain = async (
  source: FactsSource,
  { name, format }: { readonly name: string; readonly format: Format },
): Promise<string> => {
  const subject = await find(source, name);
  const { instances: all, nodeEni } = await readFacts(source, subject);
  const isKnown = all.some(
    (each) => each.instance !== undefined || each.node !== undefined || slotsOf(each).length > 0,
  );
  if (all.length > 0 && !isKnown)
    throw new Complaint(`Nobody knows the instance ${subject.instanceIds.join(', ')}.`);
  const instances = all.map((each) => only(explained(each), subject.nodeEni));
  const whole = nodeEni && explainedNodeEni(nodeEni, instances);
  return WRITERS[format]({ instances, ...(whole && { nodeEni: whole }) });
};
