import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { ignoreNotFound } from '#core/errors.ts';
import type { ScalingInstance } from '#core/ports/scaling.ts';
import { hookSettings } from '#core/scaling/hook-metadata.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import { createClusterIdentity } from '#providers/kubernetes/cluster-identity.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { listAll } from '#providers/kubernetes/list-all.ts';
import { EVENTS, NODE_ENI_STATES, NODES } from '#providers/kubernetes/resources.ts';
import type { EventObject, Facts, Hook, InstanceFacts, KnownNodeEni, NodeObject } from './facts.ts';

/** What is asked for: instances, and a NodeENI if it is one whose interfaces they have. */
export interface Subject {
  readonly instanceIds: readonly string[];
  readonly nodeEni?: string;
}

export interface FactsSource {
  readonly operator: Pick<FullOperator, 'stores'>;
  readonly kubernetes: KubernetesApi;
  readonly clusterName: string;
  readonly now: Date;
}

const readHooks = async (
  { operator, clusterName }: FactsSource,
  { groupName }: ScalingInstance,
  uid: string,
): Promise<readonly Hook[]> => {
  const hooks = await operator.stores.scaling.getHooks(groupName);
  return hooks
    .filter(({ transition }) => transition === 'launching')
    .flatMap((hook) => {
      const settings = hookSettings(hook, { name: clusterName, uid });
      return settings === undefined ? [] : [{ ...hook, settings }];
    });
};

/** Events that this product has written, and that the API server still keeps: an hour, unless it was told otherwise. */
const readEvents = async (kubernetes: KubernetesApi): Promise<readonly EventObject[]> => {
  const all = await listAll(kubernetes, EVENTS, (event) => event as unknown as EventObject);
  return all.filter(({ source }) =>
    (source as { component?: string } | undefined)?.component?.startsWith('nodeeni'),
  );
};

const isOf =
  ({ instanceId, nodeName }: { readonly instanceId: string; readonly nodeName?: string }) =>
  ({ involvedObject, message }: EventObject): boolean => {
    if (involvedObject.kind === 'NodeENIState') return involvedObject.name === instanceId;
    if (involvedObject.kind === 'Node') return involvedObject.name === nodeName;
    return message.includes(instanceId) || (nodeName !== undefined && message.includes(nodeName));
  };

/** What one call tells of all instances. */
const readLists = async ({ operator, kubernetes }: FactsSource, instanceIds: readonly string[]) => {
  const { stores } = operator;
  const [uid, events, instances, nodes, enis, members, { items, invalid }] = await Promise.all([
    createClusterIdentity(kubernetes).uid(),
    readEvents(kubernetes),
    stores.instances.get(instanceIds),
    stores.nodes.list(),
    stores.enis.listForInstances(instanceIds),
    stores.scaling.getInstances(instanceIds),
    stores.nodeEnis.list(),
  ]);
  const nodeEnis = new Map<string, KnownNodeEni>(
    [...items, ...invalid].map((each) => [each.metadata.name, each]),
  );
  return { uid, events, instances, nodes, enis, members, nodeEnis };
};

type Lists = Awaited<ReturnType<typeof readLists>>;

const readInstance = async (
  source: FactsSource,
  instanceId: string,
  { uid, events, instances, nodes, enis, members, nodeEnis }: Lists,
): Promise<InstanceFacts> => {
  const { kubernetes, now } = source;
  const state = await ignoreNotFound(kubernetes.get(NODE_ENI_STATES, instanceId));
  const recorded = state as InstanceFacts['state'];
  const instance = instances.get(instanceId);
  const member = members.get(instanceId);
  const nodeName =
    nodes.find((each) => each.instanceId === instanceId)?.name ?? recorded?.spec.nodeName;
  const node =
    nodeName === undefined ? undefined : await ignoreNotFound(kubernetes.get(NODES, nodeName));
  return {
    instanceId,
    now,
    nodeEnis,
    enis: enis.filter(({ tags }) => tags[TAGS.instance] === instanceId),
    hooks: member === undefined ? [] : await readHooks(source, member, uid),
    events: events.filter(isOf({ instanceId, ...(nodeName !== undefined && { nodeName }) })),
    ...(instance !== undefined && { instance }),
    ...(node !== undefined && { node: node as NodeObject }),
    ...(recorded !== undefined && { state: recorded }),
    ...(member !== undefined && { member }),
  };
};

/** Reads what is known of a subject, lists once for all of it. Changes nothing. */
export const readFacts = async (
  source: FactsSource,
  { instanceIds, nodeEni: name }: Subject,
): Promise<Facts> => {
  const lists = await readLists(source, instanceIds);
  const instances = await Promise.all(
    instanceIds.map((instanceId) => readInstance(source, instanceId, lists)),
  );
  const nodeEni = name === undefined ? undefined : lists.nodeEnis.get(name);
  if (name === undefined || nodeEni === undefined) return { instances };
  const told = new Set(instances.flatMap(({ events }) => events));
  const events = lists.events.filter(
    (event) =>
      event.involvedObject.kind === 'NodeENI' &&
      event.involvedObject.name === name &&
      !told.has(event),
  );
  return { instances, nodeEni: { name, now: source.now, nodeEni, events } };
};
