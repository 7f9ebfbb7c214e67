import type { Attachment, NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import {
  NETWORK_ATTACHMENTS,
  NODE_ENI_STATES,
  NODE_ENIS,
  NODES,
} from '#providers/kubernetes/resources.ts';
import type { Completion } from '#simulator/autoscaling/model.ts';
import type { LoggedCall } from '#simulator/call-log.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import type { SimulatedWorld } from '../simulation/world.ts';
import { GROUP_NAME } from './stage.ts';

export interface InstanceView {
  readonly state: string;
  readonly nodeName: string;
}

export interface InterfaceView {
  readonly eniId: string;
  readonly status: 'available' | 'attaching' | 'attached' | 'detaching';
  readonly instanceId?: string;
  readonly attachmentId?: string;
  readonly deviceIndex?: number;
  readonly deleteOnTermination?: boolean;
  /** Blocks of IPv4 addresses that EC2 routes to it. */
  readonly prefixes: readonly string[];
}

export interface NodeEniView {
  readonly name: string;
  readonly createdAt: string;
  readonly deviceIndex: string;
  readonly isDeleting: boolean;
  readonly matchedNodes: string;
  /** Ready and desired interfaces: `2/3`. Empty before the first status. */
  readonly summary: string;
  readonly reason: string;
  readonly attachments: readonly Attachment[];
}

export interface StateView {
  readonly instanceId: string;
  /** Empty before the node has registered. */
  readonly nodeName: string;
  readonly createdAt: string;
  /** Interfaces it speaks of. */
  readonly slots: number;
}

/** What is true in EC2, Auto Scaling and Kubernetes at one moment. A copy: the world moves on without it. */
export interface Snapshot {
  readonly at: Date;
  /** Every instance seen so far, by id. */
  readonly instances: ReadonlyMap<string, InstanceView>;
  /** Lifecycle states of the group's members, by instance id. */
  readonly members: ReadonlyMap<string, string>;
  /** Interfaces beside the instances' own, by id. */
  readonly interfaces: ReadonlyMap<string, InterfaceView>;
  readonly nodeNames: ReadonlySet<string>;
  /** What each node offers to pods, by its name. */
  readonly resources: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Networks that pods may ask for: `namespace/name`. */
  readonly networks: readonly string[];
  readonly nodeEnis: ReadonlyMap<string, NodeEniView>;
  readonly states: readonly StateView[];
  /** Calls to EC2 so far. Only the product makes any. */
  readonly calls: readonly LoggedCall[];
  /** Ends of lifecycle waits so far. */
  readonly completions: readonly Completion[];
}

const viewInterface = ({ eniId, attachment, ipv4Prefixes }: SimulatedInterface): InterfaceView => ({
  eniId,
  prefixes: [...ipv4Prefixes],
  status: 'available',
  ...attachment,
});

const viewNodeEni = ({ metadata, spec, status }: KubernetesObject): NodeEniView => {
  const { deviceIndex } = spec as { readonly deviceIndex?: number };
  const { matchedNodes, summary, conditions, attachments } = (status ?? {}) as NodeEniStatus;
  return {
    name: metadata.name,
    createdAt: metadata.creationTimestamp ?? '',
    deviceIndex: String(deviceIndex ?? ''),
    isDeleting: metadata.deletionTimestamp !== undefined,
    matchedNodes: String(matchedNodes ?? ''),
    summary: summary ?? '',
    reason: conditions?.find(({ type }) => type === 'Ready')?.reason ?? '',
    attachments: attachments ?? [],
  };
};

const viewResources = ({ metadata, status }: KubernetesObject) => {
  const { allocatable = {} } = (status ?? {}) as {
    readonly allocatable?: Readonly<Record<string, string>>;
  };
  return [metadata.name, allocatable] as const;
};

const viewState = ({ metadata, spec }: KubernetesObject): StateView => {
  const { nodeName = '', interfaces = {} } = spec as NodeEniState['spec'];
  return {
    instanceId: metadata.name,
    nodeName,
    createdAt: metadata.creationTimestamp ?? '',
    slots: Object.keys(interfaces).length,
  };
};

const viewInstances = (
  { ec2 }: SimulatedWorld,
  ids: ReadonlySet<string>,
): ReadonlyMap<string, InstanceView> =>
  new Map(
    [...ids].flatMap((id): [string, InstanceView][] => {
      const instance = ec2.fleet.instance(id);
      if (instance === undefined) return [];
      return [[id, { state: instance.state, nodeName: instance.privateDnsName }]];
    }),
  );

/** Looks at the world. In: the snapshot before, since instances that left their group are followed to their end. */
export const takeSnapshot = async (world: SimulatedWorld, before?: Snapshot): Promise<Snapshot> => {
  const { clock, ec2, autoScaling, kubernetes } = world;
  const [nodes, nodeEnis, states, networks] = await Promise.all(
    [NODES, NODE_ENIS, NODE_ENI_STATES, NETWORK_ATTACHMENTS].map((resource) =>
      kubernetes.list(resource),
    ),
  );
  const members = autoScaling.states(GROUP_NAME);
  return {
    at: clock.now(),
    members,
    instances: viewInstances(
      world,
      new Set([...(before?.instances.keys() ?? []), ...members.keys()]),
    ),
    interfaces: new Map(ec2.extraInterfaces().map((eni) => [eni.eniId, viewInterface(eni)])),
    nodeNames: new Set(nodes?.items.map(({ metadata }) => metadata.name)),
    resources: new Map(nodes?.items.map(viewResources)),
    networks: (networks?.items ?? []).map(
      ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    ),
    nodeEnis: new Map(nodeEnis?.items.map(viewNodeEni).map((view) => [view.name, view])),
    states: states?.items.map(viewState) ?? [],
    calls: [...ec2.wire.log.calls],
    completions: [...autoScaling.completions],
  };
};
