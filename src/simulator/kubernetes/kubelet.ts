import { failureOf, ignoreNotFound } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { KubernetesApi, KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { readyConditionOf, taintsFor } from './node-readiness.ts';
import { timestamp } from './object-metadata.ts';

export interface NodeRegistration {
  readonly name: string;
  /** `aws:///us-east-1a/i-0123456789abcdef0` */
  readonly providerID: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly {
    readonly key: string;
    readonly value?: string;
    readonly effect: string;
  }[];
  /** Default true. */
  readonly ready?: boolean;
  /** Another one after a reboot. */
  readonly bootID?: string;
}

/** What a node's kubelet writes. */
export interface Kubelet {
  /** Creates the Node, or brings labels and conditions of an existing one up to date. */
  register(node: NodeRegistration): Promise<KubernetesObject>;
  setReady(name: string, isReady: boolean): Promise<KubernetesObject>;
  /** The status write that every kubelet repeats: only times move on. */
  heartbeat(name: string): Promise<KubernetesObject>;
}

interface ReadyCondition {
  readonly type: 'Ready';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly lastHeartbeatTime: string;
  readonly lastTransitionTime: string;
}

const readyCondition = (isReady: boolean, now: string, since = now): ReadyCondition => ({
  type: 'Ready',
  status: isReady ? 'True' : 'False',
  reason: isReady ? 'KubeletReady' : 'KubeletNotReady',
  lastHeartbeatTime: now,
  lastTransitionTime: since,
});

/** How often the node controller reads a Node again that somebody else changed meanwhile. */
const TAINT_ATTEMPTS = 5;

/**
 * The kubelets of all nodes, and the node controller, which takes the not-ready taint off and puts it on.
 * In: the API as any user.
 */
export const createKubelet = (as: (userName: string) => KubernetesApi, clock: Clock): Kubelet => {
  const nodeController = as('system:serviceaccount:kube-system:node-controller');
  const apiOf = (name: string): KubernetesApi => as(`system:node:${name}`);

  const taint = async (name: string, attempt = 1): Promise<KubernetesObject> => {
    const node = await nodeController.get(NODES, name);
    const { resourceVersion } = node.metadata;
    const taints = taintsFor(node, readyConditionOf(node).status === 'True');
    const body = { metadata: { resourceVersion }, spec: { taints } };
    try {
      return await nodeController.patch(NODES, name, { type: 'merge', body });
    } catch (error) {
      if (failureOf(error) !== 'Conflict' || attempt === TAINT_ATTEMPTS) throw error;
      return taint(name, attempt + 1);
    }
  };

  const report = async (
    name: string,
    isReady?: boolean,
    nodeInfo?: object,
  ): Promise<KubernetesObject> => {
    const api = apiOf(name);
    const { status, lastTransitionTime } = readyConditionOf(await api.get(NODES, name));
    const wasReady = status === 'True';
    const isSame = isReady === undefined || isReady === wasReady;
    const since = isSame && typeof lastTransitionTime === 'string' ? lastTransitionTime : undefined;
    const conditions = [readyCondition(isReady ?? wasReady, timestamp(clock.now()), since)];
    const body = { status: { conditions, ...(nodeInfo && { nodeInfo }) } };
    const patch = { type: 'merge', body } as const;
    const reported = await api.patch(NODES, name, patch, { subresource: 'status' });
    return isSame ? reported : taint(name);
  };

  /** A kubelet on another machine takes over nothing that the Node of its name offered (reconcileExtendedResource, kubelet_node_status.go). */
  const emptyResources = async ({ metadata: { name }, status }: KubernetesObject) => {
    const { capacity = {} } = (status ?? {}) as { readonly capacity?: Record<string, string> };
    const extended = Object.keys(capacity).filter((resource) => resource.includes('/'));
    if (extended.length === 0) return;
    const none = Object.fromEntries(extended.map((resource) => [resource, '0']));
    const body = { status: { capacity: none, allocatable: none } };
    await apiOf(name).patch(NODES, name, { type: 'merge', body }, { subresource: 'status' });
  };

  const register = async (node: NodeRegistration): Promise<KubernetesObject> => {
    const { name, providerID, labels = {}, taints = [], ready = true, bootID } = node;
    const api = apiOf(name);
    const metadata = { name, labels: { 'kubernetes.io/hostname': name, ...labels } };
    const nodeInfo = bootID === undefined ? undefined : { bootID };
    const status = {
      conditions: [readyCondition(ready, timestamp(clock.now()))],
      ...(nodeInfo && { nodeInfo }),
    };
    try {
      const created = await api.create(NODES, { metadata, spec: { providerID, taints }, status });
      return (await ignoreNotFound(taint(name))) ?? created;
    } catch (error) {
      if (failureOf(error) !== 'Conflict') throw error;
    }
    // A kubelet that starts again keeps the taints that are there. One whose node is deleted meanwhile makes it anew.
    const again = async (): Promise<KubernetesObject> => {
      const before = await api.get(NODES, name);
      const { providerID: earlier } = before.spec as { readonly providerID?: string };
      if (earlier !== providerID) await emptyResources(before);
      await api.patch(NODES, name, { type: 'merge', body: { metadata, spec: { providerID } } });
      return report(name, ready, nodeInfo);
    };
    return (await ignoreNotFound(again())) ?? register(node);
  };

  return {
    register,

    setReady: (name, isReady) => report(name, isReady),

    heartbeat: (name) => report(name),
  };
};
