import type { Host, PluginCluster } from '../agent/host.ts';
import { steadySeconds } from '../steady-clock.ts';
import { createAddressTable } from './addresses.ts';
import { createRunCommand } from './command.ts';
import { countHugePages } from './huge-pages.ts';
import { createLinkTuning } from './link-tuning.ts';
import { createLinkTable } from './links.ts';
import { createMemoryFile } from './memory-file.ts';
import { createKernelModules } from './modules.ts';
import { createNetworkFiles, type NetworkFolders } from './network-files.ts';
import { createNetworkManager } from './network-manager.ts';
import { createPciBus } from './pci.ts';
import { createPluginConfigFile } from './plugin-config-file.ts';
import { createProcesses } from './processes.ts';
import type { Roots } from './roots.ts';
import { createRouteTable } from './routes.ts';
import { createSysfsWriter } from './sysfs-writer.ts';
import { createSystemdNetworkd } from './systemd-networkd.ts';
import { createIsSettled } from './udev.ts';

/** How long the kernel may take to change the driver of a device. */
const SYSFS_TIMEOUT_SECONDS = 10;

export interface HostOptions {
  readonly roots: Roots;
  /** Words before each command that is run in the host's namespaces. */
  readonly commandPrefix: readonly string[];
  readonly pluginConfigPath: string;
  readonly networkFolders: NetworkFolders;
  readonly hostRoot: string;
  readonly cluster?: PluginCluster;
}

/** The real host, by its file systems and its own programs. */
export const createHost = ({
  roots,
  commandPrefix,
  pluginConfigPath,
  networkFolders: folders,
  hostRoot,
  cluster,
}: HostOptions): Host => {
  const run = createRunCommand(commandPrefix);
  const write = createSysfsWriter(createRunCommand(), SYSFS_TIMEOUT_SECONDS);
  return {
    links: createLinkTable(roots, run, createIsSettled(roots, steadySeconds)),
    tuning: createLinkTuning(roots, run),
    addresses: createAddressTable(run),
    routes: createRouteTable(roots, run),
    pci: createPciBus(roots, write),
    modules: createKernelModules(roots, run, write),
    hugePages: () => countHugePages(roots),
    managers: [createSystemdNetworkd(roots, run), createNetworkManager(roots, run)],
    pluginConfig: createPluginConfigFile(pluginConfigPath),
    networks: createNetworkFiles({ folders, hostRoot, proc: roots.proc }),
    memory: createMemoryFile(roots),
    processes: createProcesses(roots),
    ...(cluster && { cluster }),
  };
};
