import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { type Finding, finding } from './finding.ts';
import { fileNameOf, isConfigName, isOwnName, readNetworkFile } from './network-file.ts';
import type { NetworkFile, NetworkView } from './observed.ts';

const PLUGINS = {
  ipvlan: ['ipvlan', 'host-local'],
  'host-device': ['host-device', 'host-local'],
} as const satisfies Record<PodNetworkRecord['type'], readonly string[]>;

/** A file of the folder, as the host names it. */
export const pathOf = ({ folder }: NetworkView, name: string): string => `${folder}/${name}`;

/** True for a file at our place which somebody else has written. One that says nothing is a hand-changed one of ours, or half of it. */
const isForeign = ({ name, text }: NetworkFile): boolean => {
  const { network, eniId } = readNetworkFile(name, text);
  return network !== undefined && eniId === undefined;
};

/** True for a file that the agent has written. */
export const isOurs = (file: NetworkFile): boolean => isOwnName(file.name) && !isForeign(file);

/** The file by which Multus would serve the network in our place, or which it would overlook for ours. */
export const rivalOf = (network: string, { files }: NetworkView): NetworkFile | undefined =>
  files.find((file) => !isOurs(file) && readNetworkFile(file.name, file.text).network === network);

/** Multus gives up at the first broken file, so one that comes after ours does no harm to it. */
const stumblingBlock = (network: string, { files }: NetworkView): NetworkFile | undefined =>
  files.find(
    ({ name, text }) =>
      name < fileNameOf(network) &&
      isConfigName(name) &&
      readNetworkFile(name, text).network === undefined,
  );

/** What a network lacks that is not its own: Multus, plugins, a folder that Multus can read. */
export const surroundings = (
  { name, type }: PodNetworkRecord,
  view: NetworkView,
): Finding | undefined => {
  const { multus, plugins, pluginFolder, folder } = view;
  if (multus.kind === 'absent')
    return finding('MultusNotFound', `${multus.why}, so that no pod gets the network.`);
  if (multus.kind === 'elsewhere')
    return finding(
      'MultusReadsElsewhere',
      `Multus reads ${multus.folder}, not ${folder}: write ${multus.line} into ${multus.source}.`,
    );
  const missing = PLUGINS[type].filter((plugin) => !plugins.includes(plugin));
  if (missing.length > 0)
    return finding(
      'PluginMissing',
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not in ${pluginFolder}: install the CNI plugins.`,
    );
  const broken = stumblingBlock(name, view);
  return (
    broken &&
    finding(
      'BrokenNetworkFile',
      `Multus gives up at ${pathOf(view, broken.name)}, which is no configuration of CNI and comes before ours.`,
    )
  );
};
