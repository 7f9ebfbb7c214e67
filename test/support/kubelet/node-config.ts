import { SMALL_IMAGE } from './parts.ts';

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** As hosts have it, where nothing of this machine asks for another way. */
export const containerdConfig = (): string => `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${SMALL_IMAGE}"
  # Without CAP_SYS_RESOURCE nobody may lower it.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"
`;

/** A network for pods that are not on the host's: a link each to the host, and nothing beyond it. In: the node's range of addresses. */
export const podNetwork = (subnet: string): object => ({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet }]],
        dataDir: '/run/cni-ipam',
      },
    },
  ],
});

export interface KubeletSettings {
  readonly instanceId: string;
  readonly controlGroup: string;
  /** Where it listens, on the node's addresses. */
  readonly port: number;
}

/** The kubelet's configuration: as usual, but for what a small machine without a disk of its own asks for. */
export const kubeletConfig = ({ instanceId, controlGroup, port }: KubeletSettings): object => ({
  kind: 'KubeletConfiguration',
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
  providerID: `aws:///us-east-1a/${instanceId}`,
  port,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${controlGroup}`,
  enforceNodeAllocatable: [],
  failCgroupV1: false,
  failSwapOn: false,
  localStorageCapacityIsolation: false,
  evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'imagefs.available': '0%' },
  imageGCHighThresholdPercent: 100,
  resolvConf: '',
  // Waits of a cluster with thousands of nodes.
  syncFrequency: '2s',
  nodeStatusUpdateFrequency: '5s',
  configMapAndSecretChangeDetectionStrategy: 'Watch',
});
