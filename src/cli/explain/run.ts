import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { Complaint } from '../complaint.ts';
import { type Explained, explained } from './explain.ts';
import { type FactsSource, readInstances } from './facts.ts';
import { slotsOf } from './moments.ts';
import { asSvg } from './svg.ts';
import { asText } from './text.ts';

export const FORMATS = ['text', 'json', 'svg'] as const;

export type Format = (typeof FORMATS)[number];

const INSTANCE_ID = /^i-[0-9a-f]+$/;

/** What is to be explained: instances, and of them the interfaces of one NodeENI or of all. */
interface Subject {
  readonly instanceIds: readonly string[];
  readonly nodeEni?: string;
}

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
  return { instanceIds, nodeEni: name };
};

/** Of an instance only what belongs to this NodeENI, and what happened to the instance as a whole. */
const only = (each: Explained, nodeEni: string | undefined): Explained => {
  if (nodeEni === undefined) return each;
  const isOf = ({ slot }: { readonly slot?: string }): boolean =>
    slot === undefined || nodeEniNameOf(slot) === nodeEni;
  return {
    ...each,
    moments: each.moments.filter(isOf),
    stretches: each.stretches.filter(isOf),
    waits: each.waits.filter(isOf),
  };
};

const WRITERS: Readonly<Record<Format, (all: readonly Explained[]) => string>> = {
  text: asText,
  json: (all) => `${JSON.stringify(all, null, 2)}\n`,
  svg: asSvg,
};

/** What happened to a node, an instance or the interfaces of a NodeENI, and what is waited for. Reads only. */
export const runExplain = async (
  source: FactsSource,
  { name, format }: { readonly name: string; readonly format: Format },
): Promise<string> => {
  const { instanceIds, nodeEni } = await find(source, name);
  const facts = await readInstances(source, instanceIds.toSorted());
  const isKnown = facts.some(
    (each) => each.instance !== undefined || each.node !== undefined || slotsOf(each).length > 0,
  );
  if (instanceIds.length > 0 && !isKnown)
    throw new Complaint(`Nobody knows the instance ${instanceIds.join(', ')}.`);
  return WRITERS[format](facts.map((each) => only(explained(each), nodeEni)));
};
