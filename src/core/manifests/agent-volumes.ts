/** Where the agent finds the host's file systems in its container. /proc is the host's own, by hostPID. */
const HOST = '/host';
export const AGENT_PATHS = {
  host: HOST,
  sysfs: `${HOST}/sys`,
  etc: `${HOST}/etc`,
  run: `${HOST}/run`,
} as const;

/** One folder of the host. */
interface HostFolder {
  readonly name: string;
  readonly path: string;
  readonly mountPath: string;
  readonly type: 'Directory' | 'DirectoryOrCreate';
  readonly readOnly?: boolean;
}

const HOST_FOLDERS: readonly HostFolder[] = [
  // The container's own /sys is read-only; drivers are bound by writing here.
  { name: 'sys', path: '/sys', mountPath: AGENT_PATHS.sysfs, type: 'Directory' },
  // The device plugin reads its configuration there.
  {
    name: 'etc-pcidp',
    path: '/etc/pcidp',
    mountPath: `${AGENT_PATHS.etc}/pcidp`,
    type: 'DirectoryOrCreate',
  },
  // Not /run as a whole: network namespaces are mounted there, and a copy keeps those of pods that are gone alive.
  {
    name: 'run-nodeeni',
    path: '/run/nodeeni',
    mountPath: `${AGENT_PATHS.run}/nodeeni`,
    type: 'DirectoryOrCreate',
  },
  {
    name: 'run-udev',
    path: '/run/udev',
    mountPath: `${AGENT_PATHS.run}/udev`,
    type: 'DirectoryOrCreate',
    readOnly: true,
  },
  {
    name: 'run-networkd',
    path: '/run/systemd/netif',
    mountPath: `${AGENT_PATHS.run}/systemd/netif`,
    type: 'DirectoryOrCreate',
    readOnly: true,
  },
  // Networks for pods are files in multus/net.d; the configuration of Multus is in net.d.
  {
    name: 'etc-cni',
    path: '/etc/cni',
    mountPath: `${AGENT_PATHS.etc}/cni`,
    type: 'DirectoryOrCreate',
  },
  // Whether the plugins are there that such a network needs.
  {
    name: 'opt-cni-bin',
    path: '/opt/cni/bin',
    mountPath: `${AGENT_PATHS.host}/opt/cni/bin`,
    type: 'DirectoryOrCreate',
    readOnly: true,
  },
  // What keeps systemd-networkd from links of ours, until the next boot.
  {
    name: 'run-networkd-files',
    path: '/run/systemd/network',
    mountPath: `${AGENT_PATHS.run}/systemd/network`,
    type: 'DirectoryOrCreate',
  },
  // The same for NetworkManager, whose state is there too.
  {
    name: 'run-network-manager',
    path: '/run/NetworkManager',
    mountPath: `${AGENT_PATHS.run}/NetworkManager`,
    type: 'DirectoryOrCreate',
  },
];

/** In: the name of the ConfigMap with the bundle. */
export const agentVolumes = (configMap: string): readonly object[] => [
  { name: 'agent', configMap: { name: configMap } },
  ...HOST_FOLDERS.map(({ name, path, type }) => ({ name, hostPath: { path, type } })),
];

export const AGENT_MOUNTS: readonly object[] = [
  { name: 'agent', mountPath: '/agent', readOnly: true },
  ...HOST_FOLDERS.map(({ name, mountPath, readOnly = false }) => ({
    name,
    mountPath,
    ...(readOnly && { readOnly }),
  })),
];
