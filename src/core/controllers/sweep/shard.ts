import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import type { Sources } from './observe.ts';
import { readPages } from './read-pages.ts';
import type { Meter } from './room.ts';

/**
 * How far the sweep of a large cluster has come. The Nodes are gone through first, with what there is of their instances; then
 * EC2's instances, for those that no Node has named; then the interfaces, for orphans and what is left of instances that ended.
 */
export interface Progress {
  readonly phase: 'nodes' | 'instances' | 'interfaces';
  /** Where the list of this phase goes on; absent at its beginning. */
  readonly next?: string;
  /** Instances that were looked at since the beginning. */
  readonly seen: ReadonlySet<string>;
  /** How many instances and interfaces that were. */
  readonly things: number;
}

export const BEGINNING: Progress = { phase: 'nodes', seen: new Set(), things: 0 };

/** The part of the world that one run looks at. */
export interface Shard {
  /** Those whose reconcile is in question. */
  readonly instanceIds: readonly string[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly enis: readonly NetworkInterface[];
  readonly nodes: readonly ClusterNode[];
  readonly states: readonly NodeEniState[];
  /** Interfaces among which orphans are looked for; every record that names one of them is among the states. */
  readonly loose: readonly NetworkInterface[];
  /** What the next run goes on with; absent when everything was looked at. */
  readonly after?: Progress;
}

type Found = Pick<Shard, 'instances' | 'enis'>;

const unique = (ids: readonly (string | undefined)[]): string[] => [
  ...new Set(ids.filter((id): id is string => id !== undefined)),
];

/** Instances by their ids, with the interfaces that are theirs by their tags. */
const describe = async (ids: readonly string[], { instances, enis }: Sources): Promise<Found> => {
  if (ids.length === 0) return { instances: new Map(), enis: [] };
  const [found, ours] = await Promise.all([instances.get(ids), enis.listForInstances(ids)]);
  return { instances: found, enis: ours };
};

const statesOf = (ids: ReadonlySet<string>, { states }: Sources) =>
  states.list((state) => (ids.has(state.metadata.name) ? state : undefined));

/** Where the next run goes on: in the same list, or in that of the next phase. */
const following = (
  { phase, seen, things }: Progress,
  part: {
    readonly next?: string | undefined;
    readonly ids: readonly string[];
    readonly things: number;
  },
): Progress | undefined => {
  const known = { seen: new Set([...seen, ...part.ids]), things: things + part.things };
  if (part.next !== undefined) return { phase, next: part.next, ...known };
  if (phase === 'interfaces') return undefined;
  return { phase: phase === 'nodes' ? 'instances' : 'interfaces', ...known };
};

const readNodes = async (progress: Progress, sources: Sources, meter: Meter): Promise<Shard> => {
  const nodes: ClusterNode[] = [];
  const enis: NetworkInterface[] = [];
  const instances = new Map<string, Instance>();
  const ids = new Set<string>();
  const next = await readPages(sources.nodes, progress.next, meter, async (items) => {
    const named = unique(items.map(({ instanceId }) => instanceId)).filter((id) => !ids.has(id));
    const found = await describe(named, sources);
    for (const id of named) ids.add(id);
    for (const [id, instance] of found.instances) instances.set(id, instance);
    nodes.push(...items);
    enis.push(...found.enis);
    return items.length + found.enis.length;
  });
  const instanceIds = [...ids];
  const after = following(progress, { next, ids: instanceIds, things: meter.things() });
  const states = await statesOf(ids, sources);
  return { instanceIds, instances, enis, nodes, states, loose: [], ...(after && { after }) };
};

/** No Node has named them: they are young, or theirs is gone. */
const readInstances = async (
  progress: Progress,
  sources: Sources,
  meter: Meter,
): Promise<Shard> => {
  const unnamed = new Map<string, Instance>();
  const enis: NetworkInterface[] = [];
  const next = await readPages(sources.instances, progress.next, meter, async (items) => {
    const fresh = items.filter(({ instanceId }) => !progress.seen.has(instanceId));
    for (const instance of fresh) unnamed.set(instance.instanceId, instance);
    const ids = fresh.map(({ instanceId }) => instanceId);
    const ours = ids.length === 0 ? [] : await sources.enis.listForInstances(ids);
    enis.push(...ours);
    return items.length + ours.length;
  });
  const instanceIds = [...unnamed.keys()];
  const after = following(progress, {
    next,
    ids: instanceIds,
    things: instanceIds.length + enis.length,
  });
  const states = await statesOf(new Set(instanceIds), sources);
  return {
    instanceIds,
    instances: unnamed,
    enis,
    nodes: [],
    states,
    loose: [],
    ...(after && { after }),
  };
};

/** True for a record that stands for one of these interfaces. */
const isRecordOf = (loose: readonly NetworkInterface[]) => {
  const ids = new Set(loose.map(({ eniId }) => eniId));
  const births = new Set(unique(loose.map(({ tags }) => tags[TAGS.createdAt])));
  return ({ spec }: NodeEniState): boolean =>
    Object.values(spec.interfaces ?? {}).some(
      ({ eniId = '', create }) => ids.has(eniId) || births.has(create?.incarnation ?? ''),
    );
};

const readInterfaces = async (
  progress: Progress,
  sources: Sources,
  meter: Meter,
): Promise<Shard> => {
  const { seen } = progress;
  const loose: NetworkInterface[] = [];
  const unseen = new Set<string>();
  const next = await readPages(sources.enis, progress.next, meter, (items) => {
    for (const { tags } of items) {
      const id = tags[TAGS.instance];
      if (id !== undefined && !seen.has(id)) unseen.add(id);
    }
    loose.push(...items.filter(({ status }) => status === 'available'));
    return items.length;
  });
  const isRecorded = isRecordOf(loose);
  const isLast = next === undefined;
  const isSubject = ({ metadata }: NodeEniState): boolean =>
    unseen.has(metadata.name) || (isLast && !seen.has(metadata.name));
  const states = await sources.states.list((state) =>
    isSubject(state) || isRecorded(state) ? state : undefined,
  );
  const left = states.filter(isSubject).map(({ metadata }) => metadata.name);
  const instanceIds = unique([...unseen, ...left]);
  const after = following(progress, { next, ids: instanceIds, things: 0 });
  const found = await describe(instanceIds, sources);
  return { instanceIds, ...found, nodes: [], states, loose, ...(after && { after }) };
};

/** Reads the next part of the world: as much as there is room for, and at least one page. */
export const readShard = (progress: Progress, sources: Sources, meter: Meter): Promise<Shard> => {
  switch (progress.phase) {
    case 'nodes':
      return readNodes(progress, sources, meter);
    case 'instances':
      return readInstances(progress, sources, meter);
    case 'interfaces':
      return readInterfaces(progress, sources, meter);
    default:
      return progress.phase satisfies never;
  }
};
