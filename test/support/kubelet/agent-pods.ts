import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeletCluster } from './cluster.ts';
import type { KubeletNode } from './node.ts';

const PODS_PATH =
  '/api/v1/namespaces/nodeeni-system/pods?labelSelector=app.kubernetes.io/component%3Dagent';

/** A pod of the agent, as far as tests look at it. */
export interface AgentPod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly volumes: readonly { readonly configMap?: { readonly name: string } }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly containerID?: string;
      readonly image?: string;
      readonly restartCount: number;
    }[];
  };
}

/** Those of the DaemonSet that are not on their way out. */
export const agentPods = async ({
  client,
}: Pick<KubeletCluster, 'client'>): Promise<readonly AgentPod[]> => {
  const { body } = await client.call('GET', PODS_PATH);
  const { items } = body as { readonly items: readonly AgentPod[] };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
};

export const isReady = ({ status }: AgentPod): boolean =>
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

/** Name of the ConfigMap that a pod runs. */
export const bundleOf = ({ spec }: AgentPod): string | undefined =>
  spec.volumes.flatMap(({ configMap }) => configMap?.name ?? [])[0];

/** What the kernel says of a running container. */
export interface Confinement {
  /** Capabilities that it has, and may ever have, in hexadecimal. */
  readonly capabilities: string;
  readonly bounding: string;
  /** 2: system calls are filtered. */
  readonly seccomp: string;
  /** Mount points of host folders and of the bundle, with `ro` or `rw`; those that the host itself has below /sys are left out. */
  readonly mounts: readonly string[];
  readonly root: 'ro' | 'rw' | undefined;
}

const mountsIn = (text: string): readonly (readonly [point: string, mode: string])[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, , , , point = '', options = '']) => [point, options.split(',')[0] ?? '']);

/** Process id, on this machine, of the container's first process. */
const pidOf = async (node: KubeletNode, { status }: AgentPod): Promise<string> => {
  const id = status.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? '';
  const state = await node.run(
    'cat',
    `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/init.pid`,
  );
  return state.trim();
};

/** Reads what a pod's agent may do, past Kubernetes. */
export const confinementOf = async (node: KubeletNode, pod: AgentPod): Promise<Confinement> => {
  const pid = await pidOf(node, pod);
  const proc = node.path(`/proc/${pid}`);
  const status = await readFile(join(proc, 'status'), 'utf8');
  const fieldOf = (name: string): string =>
    new RegExp(`^${name}:\\s+(\\S+)$`, 'm').exec(status)?.[1] ?? '';
  const mounts = mountsIn(readFileSync(join(proc, 'mountinfo'), 'utf8'));
  return {
    capabilities: fieldOf('CapEff'),
    bounding: fieldOf('CapBnd'),
    seccomp: fieldOf('Seccomp'),
    root: mounts.find(([point]) => point === '/')?.[1] as Confinement['root'],
    mounts: mounts
      .filter(([point]) => /^\/(host|agent)\b(?!\/sys\/)/.test(point))
      .map(([point, mode]) => `${point} ${mode}`)
      .toSorted(),
  };
};
