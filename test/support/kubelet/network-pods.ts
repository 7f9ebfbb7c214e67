import type { KubeClient } from '#test/e2e/kube-client.ts';
import type { KubeletNode } from './node.ts';
import { SMALL_IMAGE } from './parts.ts';

/** What pods ask for, as people write it: a network by its name, and one of its addresses. */
export interface Asking {
  readonly name: string;
  readonly namespace: string;
  readonly network: string;
  readonly resourceName: string;
  readonly replicas: number;
}

export const deployment = ({ name, namespace, network, resourceName, replicas }: Asking) => {
  const labels = { app: name };
  const amount = { [resourceName]: 1 };
  const container = {
    ...{ name: 'main', image: SMALL_IMAGE },
    // The first process of a container hears no signal that it did not ask for.
    command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1; done'],
    resources: { requests: amount, limits: amount },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { 'k8s.v1.cni.cncf.io/networks': network } },
        spec: {
          ...{ containers: [container], automountServiceAccountToken: false },
          terminationGracePeriodSeconds: 5,
        },
      },
    },
  };
};

/** A pod that is not on its way out, as far as tests look at it. */
export interface NetworkPod {
  readonly name: string;
  readonly phase: string;
  readonly nodeName: string | undefined;
  /** Why it has no node; undefined when it has one. */
  readonly unscheduled: string | undefined;
  /** What Multus says of its interfaces in the networks that it asks for. */
  readonly addresses: readonly string[];
  readonly containerId: string | undefined;
  readonly restarts: number;
}

interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly containerID?: string;
      readonly restartCount: number;
    }[];
  };
}

interface NetworkStatus {
  readonly default?: boolean;
  readonly ips?: readonly string[];
}

const addressesIn = (status = '[]'): readonly string[] =>
  (JSON.parse(status) as readonly NetworkStatus[])
    .filter((network) => network.default !== true)
    .flatMap(({ ips = [] }) => ips);

const podOf = ({ metadata, spec, status }: PodObject): NetworkPod => {
  const [container] = status.containerStatuses ?? [];
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  return {
    ...{ name: metadata.name, phase: status.phase, nodeName: spec.nodeName },
    unscheduled: scheduled?.message,
    addresses: addressesIn(metadata.annotations?.['k8s.v1.cni.cncf.io/network-status']),
    containerId: container?.containerID?.replace('containerd://', ''),
    restarts: container?.restartCount ?? 0,
  };
};

/** The pods of a Deployment. */
export const podsOf = async (
  client: KubeClient,
  { name, namespace }: Pick<Asking, 'name' | 'namespace'>,
): Promise<readonly NetworkPod[]> => {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${name}`;
  const { body } = await client.call('GET', path);
  const { items } = body as { readonly items: readonly PodObject[] };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(podOf);
};

/** Addresses that the further interface of a running pod has in the kernel. */
export const addressesInside = async (
  { run }: Pick<KubeletNode, 'run'>,
  { containerId = '' }: Pick<NetworkPod, 'containerId'>,
): Promise<readonly string[]> => {
  const folder = `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${containerId}`;
  const pid = (await run('cat', `${folder}/init.pid`)).trim();
  const shown = await run(
    ...['nsenter', '--target', pid, '--net'],
    ...['ip', '-4', '-json', 'address', 'show', 'dev', 'net1'],
  );
  const [link] = JSON.parse(shown) as readonly { readonly addr_info: { local: string }[] }[];
  return (link?.addr_info ?? []).map(({ local }) => local);
};
