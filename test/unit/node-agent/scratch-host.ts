import { createBackoff } from '#node-agent/agent/backoff.ts';
import { createHostController } from '#node-agent/agent/controller.ts';
import type { Host, PluginCluster } from '#node-agent/agent/host.ts';
import { ENA_PCI_IDS, type Settings } from '#node-agent/agent/settings.ts';
import { createAddressTable } from '#node-agent/host/addresses.ts';
import { countHugePages } from '#node-agent/host/huge-pages.ts';
import { createLinkTuning } from '#node-agent/host/link-tuning.ts';
import { createLinkTable } from '#node-agent/host/links.ts';
import { createMemoryFile } from '#node-agent/host/memory-file.ts';
import { createKernelModules } from '#node-agent/host/modules.ts';
import { createNetworkFiles } from '#node-agent/host/network-files.ts';
import { createNetworkManager } from '#node-agent/host/network-manager.ts';
import { createPciBus } from '#node-agent/host/pci.ts';
import { createPluginConfigFile } from '#node-agent/host/plugin-config-file.ts';
import { createProcesses } from '#node-agent/host/processes.ts';
import { createRouteTable } from '#node-agent/host/routes.ts';
import { createSystemdNetworkd } from '#node-agent/host/systemd-networkd.ts';
import { createIsSettled } from '#node-agent/host/udev.ts';
import { FakeKernel } from './fake-kernel.ts';
import { createScratchTree } from './scratch-tree.ts';

/** A device plugin that offers a resource for each of its entries once it was restarted. */
class FakePluginCluster implements PluginCluster {
  restarts = 0;
  /** How often it was asked what the node offers. */
  asked = 0;
  resources: Record<string, number> = {};
  /** What the node offers after the next restart. */
  afterRestart: Record<string, number> | undefined;

  async allocatable(): Promise<Readonly<Record<string, number>>> {
    this.asked += 1;
    return this.resources;
  }

  async restartPlugin(): Promise<number> {
    this.restarts += 1;
    this.resources = this.afterRestart ?? this.resources;
    return 1;
  }
}

export interface ScratchHostOptions {
  readonly settings?: Partial<Settings>;
  readonly hasCluster?: boolean;
}

export const SETTINGS: Settings = {
  pciIds: ENA_PCI_IDS,
  allowsNoIommu: true,
  advertises: true,
  replacesCorruptConfig: false,
};

export const NETWORK_FOLDERS = {
  networks: '/etc/cni/multus/net.d',
  config: '/etc/cni/net.d',
  plugins: '/opt/cni/bin',
  addresses: '/run/nodeeni/addresses',
};

/**
 * The whole agent over a scratch tree: real plans, real readers and writers, and a kernel that is a model of the real one.
 */
export const createScratchHost = ({
  settings = {},
  hasCluster = true,
}: ScratchHostOptions = {}) => {
  const tree = createScratchTree();
  const kernel = new FakeKernel(tree);
  const cluster = new FakePluginCluster();
  const clock = { seconds: 0 };
  const pluginConfigPath = tree.path('etc/pcidp/config.json');
  const { roots } = tree;
  const networksIn = (networks: string) =>
    createNetworkFiles({
      folders: { ...NETWORK_FOLDERS, networks },
      hostRoot: tree.root,
      proc: roots.proc,
    });
  const host: Host = {
    links: createLinkTable(
      roots,
      kernel.run,
      createIsSettled(roots, () => clock.seconds),
    ),
    tuning: createLinkTuning(roots, kernel.run),
    addresses: createAddressTable(kernel.run),
    routes: createRouteTable(roots, kernel.run),
    pci: createPciBus(roots, kernel.write),
    modules: createKernelModules(roots, kernel.run, kernel.write),
    hugePages: () => countHugePages(roots),
    managers: [createSystemdNetworkd(roots, kernel.run), createNetworkManager(roots, kernel.run)],
    pluginConfig: createPluginConfigFile(pluginConfigPath),
    networks: networksIn(NETWORK_FOLDERS.networks),
    memory: createMemoryFile(roots),
    processes: createProcesses(roots),
    ...(hasCluster ? { cluster } : {}),
  };
  /** In: the folder for networks, where its settings name another. */
  const startAgent = (networkFolder?: string) => {
    if (networkFolder !== undefined) Object.assign(host, { networks: networksIn(networkFolder) });
    return createHostController({
      host,
      settings: { ...SETTINGS, ...settings },
      backoff: createBackoff(() => clock.seconds),
    });
  };
  return { tree, kernel, cluster, clock, host, pluginConfigPath, startAgent };
};
