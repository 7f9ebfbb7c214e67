import { z } from 'zod';
import { ENA_COUNTERS, ENA_PCI_IDS } from './agent/settings.ts';

const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');
const list = z.string().transform(words);
const switched = z.enum(['on', 'off']).transform((value) => value === 'on');

/** Every setting, with what it is when nobody says anything, and what a person is told of it. */
export const optionSchema = z.object({
  'instance-id': z
    .string()
    .regex(/^i-[0-9a-f]+$/, 'is no instance id')
    .exactOptional()
    .describe('whose host this is; otherwise the Node says it, or the instance itself'),
  'node-name': z
    .string()
    .min(1)
    .exactOptional()
    .describe('the Node of this host, by which the device plugin is looked for, too'),
  server: z
    .url({ protocol: /^https?$/ })
    .exactOptional()
    .describe('the API server; otherwise that of the cluster in which the agent runs as a pod'),
  'ca-file': z.string().exactOptional().describe('the authority of its certificate, as PEM'),
  'token-file': z.string().exactOptional().describe('the token to show it'),
  'pci-ids': list
    .default(ENA_PCI_IDS)
    .describe('vendor and device of the devices that may be touched; * for all'),
  'link-counters': list
    .default(ENA_COUNTERS)
    .describe('counts of the drivers, by their own names, that become metrics of links of ours'),
  'no-iommu': switched
    .default(true)
    .describe('whether vfio may be switched to do without an IOMMU, where there is none'),
  'device-plugin': switched
    .default(true)
    .describe('whether the configuration of the SR-IOV device plugin is written'),
  'corrupt-config': z
    .enum(['report', 'replace'])
    .default('report')
    .describe('what is done about one that is no JSON; a copy is kept in any case'),
  'plugin-config': z
    .string()
    .exactOptional()
    .describe('where that file is; otherwise pcidp/config.json below --etc-root'),
  'plugin-namespaces': list
    .default(['kube-system'])
    .describe('namespaces in which the device plugin may run'),
  'plugin-labels': list
    .default([
      'name=sriov-device-plugin',
      'app=sriovdp',
      'app=sriov-device-plugin',
      'app=kube-sriov-device-plugin',
      'component=sriov-device-plugin',
    ])
    .describe('labels by one of which its pods are known'),
  'network-folder': z
    .string()
    .default('/etc/cni/multus/net.d')
    .describe(
      'folder of the host in which Multus looks for the networks of a node; the DaemonSet reaches those below /etc/cni',
    ),
  'cni-folder': z
    .string()
    .default('/etc/cni/net.d')
    .describe(
      'folder of the host in which the container runtime finds Multus; below /etc/cni, too',
    ),
  'cni-plugin-folder': z
    .string()
    .default('/opt/cni/bin')
    .describe('folder of the host in which the CNI plugins are'),
  'pod-address-folder': z
    .string()
    .default('/run/nodeeni/addresses')
    .describe('folder of the host in which host-local notes the addresses of pods'),
  'host-root': z.string().default('/').describe('where those four folders of the host are'),
  'host-command': list
    .default([])
    .describe('words before ip, modprobe, networkctl and nmcli, where the image has none of them'),
  'sysfs-root': z.string().default('/sys').describe('where the host’s /sys is'),
  'proc-root': z.string().default('/proc').describe('where the host’s /proc is'),
  'udev-root': z.string().default('/run/udev').describe('where the host’s /run/udev is'),
  'etc-root': z.string().default('/etc').describe('where the host’s /etc is'),
  'run-root': z.string().default('/run').describe('where the host’s /run is'),
  'resync-seconds': z.coerce
    .number()
    .min(1)
    .default(60)
    .describe('seconds after which the host is looked at though nothing has changed'),
  port: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .exactOptional()
    .describe('where /healthz, /livez and /metrics are served; 0: any free one; otherwise nowhere'),
  'listen-address': z
    .string()
    .min(1)
    .exactOptional()
    .describe('the address at which that is; otherwise all, those of NodeENIs’ links too'),
  desired: z
    .string()
    .exactOptional()
    .describe(
      'a file with the desired state for apply, - for standard input; otherwise the API server has it',
    ),
});

export type RawOptions = z.infer<typeof optionSchema>;

export const OPTION_NAMES = Object.keys(optionSchema.shape);
