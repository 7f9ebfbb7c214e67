import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { reportedEnd } from '#core/controllers/roll-up/forecast.ts';
import { ignoreNotFound } from '#core/errors.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import type { LifecycleHook, ScalingInstance } from '#core/ports/scaling.ts';
import { type HookSettings, hookSettings } from '#core/scaling/hook-metadata.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import { createClusterIdentity } from '#providers/kubernetes/cluster-identity.ts';
import type { KubernetesApi, KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { listAll } from '#providers/kubernetes/list-all.ts';
import { EVENTS, NODE_ENI_STATES, NODES } from '#providers/kubernetes/resources.ts';

/** A Node, as far as its times are read. */
export interface NodeObject extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

/** A core/v1 Event. */
export interface EventObject extends KubernetesObject {
  readonly involvedObject: { readonly kind: string; readonly name: string };
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
}

/** A hook of ours that the instance may wait for. */
export interface Hook extends Pick<LifecycleHook, 'hookName' | 'heartbeatTimeoutSeconds'> {
  readonly settings: HookSettings;
}

/** Everything that is known of an instance, from everybody who knows something. */
export interface InstanceFacts {
  readonly instanceId: string;
  readonly now: Date;
  readonly instance?: Instance;
  readonly node?: NodeObject;
  readonly state?: NodeEniState & { readonly metadata: { readonly creationTimestamp?: string } };
  readonly enis: readonly NetworkInterface[];
  readonly member?: ScalingInstance;
  readonly hooks: readonly Hook[];
  readonly events: readonly EventObject[];
  /** By NodeENI, when EC2's request budget is expected to have let all of it come (ISO 8601). */
  readonly expectedEnds: ReadonlyMap<string, string>;
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
  const [uid, events, instances, nodes, enis, members, { items }] = await Promise.all([
    createClusterIdentity(kubernetes).uid(),
    readEvents(kubernetes),
    stores.instances.get(instanceIds),
    stores.nodes.list(),
    stores.enis.listForInstances(instanceIds),
    stores.scaling.getInstances(instanceIds),
    stores.nodeEnis.list(),
  ]);
  const expectedEnds = new Map(
    items.flatMap(({ metadata, status = {} }) => {
      const end = reportedEnd(status);
      return end === undefined ? [] : [[metadata.name, end] as const];
    }),
  );
  return { uid, events, instances, nodes, enis, members, expectedEnds };
};

type Lists = Awaited<ReturnType<typeof readLists>>;

const readInstance = async (
  source: FactsSource,
  instanceId: string,
  { uid, events, instances, nodes, enis, members, expectedEnds }: Lists,
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
    expectedEnds,
    enis: enis.filter(({ tags }) => tags[TAGS.instance] === instanceId),
    hooks: member === undefined ? [] : await readHooks(source, member, uid),
    events: events.filter(isOf({ instanceId, ...(nodeName !== undefined && { nodeName }) })),
    ...(instance !== undefined && { instance }),
    ...(node !== undefined && { node: node as NodeObject }),
    ...(recorded !== undefined && { state: recorded }),
    ...(member !== undefined && { member }),
  };
};

/** Reads what is known of these instances, lists once for all of them. Changes nothing. */
export const readInstances = async (
  source: FactsSource,
  instanceIds: readonly string[],
): Promise<readonly InstanceFacts[]> => {
  if (instanceIds.length === 0) return [];
  const lists = await readLists(source, instanceIds);
  return Promise.all(instanceIds.map((instanceId) => readInstance(source, instanceId, lists)));
};
