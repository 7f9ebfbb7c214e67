import { CallError, ignoreNotFound } from '#core/errors.ts';
import type { ClusterNode, NodeStore } from '#core/ports/cluster.ts';
import type { KubernetesApi, KubernetesObject } from './kubernetes-api.ts';
import { countAll, listAll, readPage } from './list-all.ts';
import { NODES } from './resources.ts';

interface NodeObject {
  readonly spec?: {
    readonly providerID?: string;
    readonly taints?: readonly {
      readonly key: string;
      readonly value?: string;
      readonly effect: string;
    }[];
  };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly nodeInfo?: { readonly bootID?: string };
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: { readonly pods?: string };
  };
}

/** `aws:///us-east-1a/i-0123…` → `i-0123…`; Fargate and hybrid nodes have no instance ("Node", spec.providerID). */
const instanceIdOf = (providerId: string | undefined): string | undefined =>
  /^aws:\/\/.*\/(i-[0-9a-f]+)$/.exec(providerId ?? '')?.[1];

/** Their names have a domain, those of Kubernetes' own resources have none ("Extended resources", kubernetes.io). */
const extendedIn = (capacity: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(capacity).filter(([name]) => name.includes('/')));

const toNode = (object: KubernetesObject): ClusterNode => {
  const { spec, status } = object as NodeObject;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const { creationTimestamp } = object.metadata;
  const providerId = spec?.providerID;
  const instanceId = instanceIdOf(providerId);
  const bootId = status?.nodeInfo?.bootID;
  const extendedResources = extendedIn(status?.capacity);
  const mostPods = status?.allocatable?.pods;
  const since = ready?.status === 'True' ? ready.lastTransitionTime : undefined;
  return {
    name: object.metadata.name,
    uid: object.metadata.uid ?? '',
    labels: object.metadata.labels ?? {},
    taints: spec?.taints ?? [],
    ...(instanceId !== undefined && { instanceId }),
    ...(providerId && { providerId }),
    ...(creationTimestamp !== undefined && { createdAt: new Date(creationTimestamp) }),
    ...(since !== undefined && { readySince: new Date(since) }),
    ...(bootId && { bootId }),
    ...(Object.keys(extendedResources).length > 0 && { extendedResources }),
    ...(mostPods !== undefined && { mostPods: Number(mostPods) }),
  };
};

/** Nodes by name or in pages that are slimmed at once, since a Node is large and little of it is used. */
export const createNodeStore = (kubernetes: KubernetesApi): NodeStore => ({
  async findByInstance(instanceId, candidateNames) {
    // One after the other: the first is nearly always the one.
    for (const name of candidateNames) {
      const object = await ignoreNotFound(kubernetes.get(NODES, name));
      const node = object && toNode(object);
      if (node?.instanceId === instanceId) return node;
    }
    return undefined;
  },

  list: (labelSelector) =>
    listAll(kubernetes, NODES, toNode, labelSelector ? { labelSelector } : {}),

  page: (next) => readPage(kubernetes, NODES, toNode, next),

  count: () => countAll(kubernetes, NODES),

  async patchLabels({ name }, labels) {
    await kubernetes.patch(NODES, name, { type: 'merge', body: { metadata: { labels } } });
  },

  // A kubelet takes the allocatable from the capacity when it next reports; until then the scheduler would see the old one
  // ("Advertise Extended Resources for a Node", kubernetes.io).
  async patchResources({ name }, changes) {
    const amounts = Object.fromEntries(
      Object.entries(changes).map(([resource, count]) => [
        resource,
        count === null ? null : String(count),
      ]),
    );
    const status = { capacity: amounts, allocatable: amounts };
    await kubernetes.patch(
      NODES,
      name,
      { type: 'merge', body: { status } },
      { subresource: 'status' },
    );
  },

  async removeTaint({ name }, taintKey) {
    const object = await ignoreNotFound(kubernetes.get(NODES, name));
    const taints = (object as NodeObject | undefined)?.spec?.taints ?? [];
    const index = taints.findIndex(({ key }) => key === taintKey);
    if (index < 0) return;
    const path = `/spec/taints/${index}`;
    try {
      await kubernetes.patch(NODES, name, {
        type: 'json',
        body: [
          { op: 'test', path, value: taints[index] },
          { op: 'remove', path },
        ],
      });
    } catch (error) {
      // A failed `test` is answered as an invalid patch: the list changed between the two calls.
      if (error instanceof CallError && error.failure === 'Invalid')
        throw new CallError('Conflict', error.code, error.message, { cause: error });
      throw error;
    }
  },
});
