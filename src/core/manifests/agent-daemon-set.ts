import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Selecting } from '#core/apis/v1alpha1/selector.ts';
import { AGENT } from './agent.ts';
import { agentAffinity } from './agent-nodes.ts';
import { type AgentFit, USUAL_FIT } from './agent-options.ts';
import { AGENT_MOUNTS, AGENT_PATHS, agentVolumes } from './agent-volumes.ts';
import { LABELS, type Manifest, NAMESPACE } from './manifest.ts';

/** A Node image as it is, from a registry that asks for no login. */
export const AGENT_IMAGE = 'public.ecr.aws/docker/library/node:24-bookworm-slim';

/** Not in the range of node ports, nor one that the kubelet, kube-proxy or the VPC CNI listens on. */
export const AGENT_PORT = 9446;

/** What the kernel lets the agent do, beside what root may do with files of root. */
const CAPABILITIES = [
  'NET_ADMIN', // `ip link set`: MTU, up and down, alternative names
  'SYS_MODULE', // `modprobe` of vfio-pci, igb_uio or uio_pci_generic
  'SYS_ADMIN', // `nsenter` into the host's mount namespace, which has `ip`, `modprobe` and `networkctl`
  'SYS_CHROOT', // the same: the kernel asks for both
  'SYS_PTRACE', // /proc/1/ns for `nsenter`; /proc/<pid>/fd, ns and root to name who uses a device
  'DAC_READ_SEARCH', // the same folders of processes that are not root's
];

/** No compilers and a small heap ("A lighter V8", v8.dev): the agent waits, and what it runs it runs seldom. */
const NODE_FLAGS = ['--lite-mode'];

const args = (pluginNamespaces: readonly string[]): readonly string[] => [
  '/agent/agent.mjs',
  'agent',
  'run',
  ...['--host-command', 'nsenter --target 1 --mount --'],
  ...['--host-root', AGENT_PATHS.host],
  ...['--sysfs-root', AGENT_PATHS.sysfs, '--etc-root', AGENT_PATHS.etc],
  ...['--run-root', AGENT_PATHS.run, '--udev-root', `${AGENT_PATHS.run}/udev`],
  ...['--plugin-namespaces', pluginNamespaces.join(',')],
  ...['--port', `${AGENT_PORT}`],
];

/** `container_t` may not write below /etc ("SELinux", Bottlerocket). */
const BOTTLEROCKET = {
  seLinuxOptions: { user: 'system_u', role: 'system_r', type: 'super_t', level: 's0' },
};

const container = ({
  image,
  pluginNamespaces,
  isForBottlerocket = false,
  fit = USUAL_FIT,
}: AgentDaemonSetOptions) => ({
  name: 'agent',
  image,
  command: ['node', ...NODE_FLAGS],
  args: args(pluginNamespaces),
  env: [
    {
      name: 'NODEENI_NODE_NAME',
      valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } },
    },
    // Not on the interfaces that NodeENIs bring.
    {
      name: 'NODEENI_LISTEN_ADDRESS',
      valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } },
    },
    { name: 'NODE_ENV', value: 'production' },
    // The C library keeps freed memory in an arena for each thread (mallopt(3)).
    { name: 'MALLOC_ARENA_MAX', value: '1' },
    // It gives the end of its heap back from 64 kB on, and not from twice what was once freed at once.
    { name: 'MALLOC_TRIM_THRESHOLD_', value: '65536' },
    ...Object.entries(fit.env).map(([name, value]) => ({ name, value })),
  ],
  ports: [{ name: 'health', containerPort: AGENT_PORT }],
  readinessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 10 },
  // Only a loop that is stuck: an API server that is away is no reason to start again.
  livenessProbe: {
    httpGet: { path: '/livez', port: 'health' },
    periodSeconds: 30,
    timeoutSeconds: 5,
  },
  resources: fit.resources,
  securityContext: {
    runAsUser: 0,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: CAPABILITIES },
    seccompProfile: { type: 'RuntimeDefault' },
    // The runtime's own profile hides /proc/1/ns from the container (Ubuntu; others have none).
    appArmorProfile: { type: 'Unconfined' },
    ...(isForBottlerocket && BOTTLEROCKET),
  },
  volumeMounts: AGENT_MOUNTS,
});

export interface AgentDaemonSetOptions {
  /** The agent in one file. */
  readonly bundle: string;
  readonly image: string;
  readonly pluginNamespaces: readonly string[];
  /** True: the pods run under Bottlerocket's SELinux type for programs that configure the host; others do not know it. */
  readonly isForBottlerocket?: boolean;
  readonly fit?: AgentFit;
  /** NodeENIs: only nodes that one of them selects get an agent. Absent: all nodes do. */
  readonly nodeEnis?: readonly Selecting[];
}

/** The bundle has `${…}` of its own, which Flux would take for variables ("Post build variable substitution", fluxcd.io). */
const AS_IT_IS = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } as const;

const DIGEST_CHARACTERS = 12;

/**
 * The name of a bundle's ConfigMap, one for each bundle: a container that starts again in the midst of a rollout finds the
 * bundle of its own pod, and a DaemonSet that is rolled back finds the one before.
 */
export const bundleName = (bundle: string): string =>
  `${AGENT}-${bytesToHex(sha256(utf8ToBytes(bundle))).slice(0, DIGEST_CHARACTERS)}`;

/** The agent on every node: its bundle in a ConfigMap, and the DaemonSet that runs it, anew when the bundle changes. */
export const agentDaemonSet = (options: AgentDaemonSetOptions): readonly Manifest[] => {
  const metadata = { name: AGENT, namespace: NAMESPACE, labels: LABELS };
  const { fit = USUAL_FIT, nodeEnis } = options;
  const { nodeSelector, affinity, tolerations } = fit;
  const configMap = bundleName(options.bundle);
  const labels = { ...LABELS, 'app.kubernetes.io/component': 'agent' };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, name: configMap, annotations: AS_IT_IS },
      immutable: true,
      data: { 'agent.mjs': options.bundle },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: {
        selector: { matchLabels: labels },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: AGENT,
            priorityClassName: 'system-node-critical',
            hostNetwork: true,
            hostPID: true,
            dnsPolicy: 'Default',
            ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
            affinity: agentAffinity({
              ...(affinity && { affinity }),
              ...(nodeEnis && { nodeEnis }),
            }),
            // All of them by default: interfaces come before whatever holds pods off a node.
            tolerations,
            // A step that has begun is ended: a device is never left without a driver.
            terminationGracePeriodSeconds: 60,
            containers: [container(options)],
            volumes: agentVolumes(configMap),
          },
        },
      },
    },
  ];
};
