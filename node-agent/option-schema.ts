import { z } from 'zod';
import { ENA_COUNTERS, ENA_PCI_IDS } from './agent/settings.ts';

const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');
const list = z.string().transform(words);
const switched = z.enum(['on', 'off']).transform((value) => value === 'on');

/** Every setting, with what it is when nobody says anything. */
export const optionSchema = z.object({
  /** Whose object this is; absent: the Node's providerID says it, or the instance itself. */
  'instance-id': z
    .string()
    .regex(/^i-[0-9a-f]+$/, 'is no instance id')
    .exactOptional(),
  'node-name': z.string().min(1).exactOptional(),
  /** The API server; absent: that of the cluster the agent runs in. */
  server: z.url({ protocol: /^https?$/ }).exactOptional(),
  'ca-file': z.string().exactOptional(),
  'token-file': z.string().exactOptional(),
  'pci-ids': list.default(ENA_PCI_IDS),
  /** Counts of the drivers, by their own names, that become metrics of our links. */
  'link-counters': list.default(ENA_COUNTERS),
  'no-iommu': switched.default(true),
  'device-plugin': switched.default(true),
  'corrupt-config': z.enum(['report', 'replace']).default('report'),
  /** Absent: `pcidp/config.json` below the host's /etc. */
  'plugin-config': z.string().exactOptional(),
  'plugin-namespaces': list.default(['kube-system']),
  /** Labels of the plugin's own manifests, and of those that other installers use. */
  'plugin-labels': list.default([
    'name=sriov-device-plugin',
    'app=sriovdp',
    'app=sriov-device-plugin',
    'app=kube-sriov-device-plugin',
    'component=sriov-device-plugin',
  ]),
  /** Words before `ip`, `modprobe` and `networkctl`, where the image has none: `nsenter --target 1 --mount --net --`. */
  'host-command': list.default([]),
  'sysfs-root': z.string().default('/sys'),
  'proc-root': z.string().default('/proc'),
  'udev-root': z.string().default('/run/udev'),
  'etc-root': z.string().default('/etc'),
  'run-root': z.string().default('/run'),
  'resync-seconds': z.coerce.number().min(1).default(60),
  /** Where `/healthz`, `/livez` and `/metrics` are served; 0: any free port; absent: nowhere. */
  port: z.coerce.number().int().min(0).max(65_535).exactOptional(),
  /** The address of the host at which that is; absent: all, those on interfaces of NodeENIs too. */
  'listen-address': z.string().min(1).exactOptional(),
  /** File with the desired state, `-` for standard input; absent: the API server has it. */
  desired: z.string().exactOptional(),
});

export type RawOptions = z.infer<typeof optionSchema>;

export const OPTION_NAMES = Object.keys(optionSchema.shape);
