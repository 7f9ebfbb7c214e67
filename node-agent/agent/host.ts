import type { FoundSettings, SettingGroup, SettingValues } from './link-settings.ts';
import type {
  Addressing,
  Holder,
  Link,
  LinkManagement,
  ManagerName,
  Memory,
  NetworkView,
  NoIommu,
  OwnRoute,
  OwnRule,
  PciDevice,
  PciIdentity,
  PluginConfig,
} from './observed.ts';

/** Links, as rtnetlink shows and changes them. Every change rejects with what the kernel said. */
export interface LinkTable {
  list(): Promise<{ readonly links: readonly Link[]; readonly takenNames: readonly string[] }>;
  setMtu(name: string, mtuBytes: number): Promise<void>;
  setTxQueueLength(name: string, packets: number): Promise<void>;
  setUp(name: string): Promise<void>;
  setDown(name: string): Promise<void>;
  /** No default route or address comes from routers any more; a route that came before goes. */
  ignoreRouterAdvertisements(name: string): Promise<void>;
  addAltName(name: string, altName: string): Promise<void>;
  removeAltName(name: string, altName: string): Promise<void>;
}

/** A link by its name, in the network namespace of the process if there is one. */
interface LinkPlace {
  readonly link: string;
  readonly pid?: string;
}

/** How a link works beside its state: what its driver has set and counted, and the kernel's own settings for it. */
export interface LinkTuning {
  /** Reads what is asked for. A group that nobody shows is absent. */
  read(
    place: LinkPlace,
    asked: Readonly<Partial<Record<SettingGroup, SettingValues>>>,
  ): Promise<FoundSettings>;
  /** Sets, and reads back. Rejects with the kernel's reason; with a `RefusedError` when something else came of it. */
  set(link: string, group: SettingGroup, values: SettingValues): Promise<void>;
  /** What the driver counts by names of its own. Rejects where it counts nothing, or the host has no program to ask it. */
  counters(place: LinkPlace): Promise<Readonly<Record<string, number>>>;
}

/** Addresses of links, with routing tables and rules of the agent's own. Every change rejects with what the kernel said. */
export interface AddressTable {
  read(): Promise<Addressing>;
  /** Brings no route to the network of the address into the main table. */
  addAddress(link: string, address: string): Promise<void>;
  removeAddress(link: string, address: string): Promise<void>;
  setRoute(route: OwnRoute): Promise<void>;
  removeRoute(route: OwnRoute): Promise<void>;
  addRule(rule: OwnRule): Promise<void>;
  removeRule(rule: OwnRule): Promise<void>;
}

/** The main routing table. */
export interface RouteTable {
  read(): Promise<{
    /** Names of the links that carry the host's own traffic. */
    readonly uplinks: readonly string[];
    /** Names of all links that have a default route. */
    readonly defaultLinks: readonly string[];
  }>;
}

/**
 * PCI devices in sysfs. A write that the kernel does not end in time rejects with a `TimeLimitError`; one that is meant
 * for a device which is not there any more with a `DeviceGoneError`, and reaches no other that has come in its place.
 */
export interface PciBus {
  list(): Promise<readonly PciDevice[]>;
  driverOf(device: PciIdentity): Promise<string | undefined>;
  /** Names the only driver that may take the device; undefined lifts that. */
  setOverride(device: PciIdentity, driver: string | undefined): Promise<void>;
  unbind(device: PciIdentity): Promise<void>;
  /** Asks the kernel to find a driver. Tells nothing of the outcome. */
  probe(device: PciIdentity): Promise<void>;
}

/** Kernel modules and their settings. */
export interface KernelModules {
  load(name: string): Promise<void>;
  /** PCI drivers that are registered. */
  drivers(): Promise<readonly string[]>;
  noIommu(): Promise<NoIommu>;
  enableNoIommu(): Promise<void>;
  /** Whether igb_uio is loaded with `wc_activate=1`; undefined when the kernel does not show it. */
  writeCombining(): Promise<boolean | undefined>;
}

/** A link of ours, as a service of the host knows it. */
export interface ManagedLink {
  readonly eniId: string;
  readonly macAddress: string;
  /** Its name. */
  readonly link: string;
}

/** A service of the host that configures links by itself. */
export interface LinkManager {
  readonly name: ManagerName;
  /** Undefined where it does not run. */
  observe(): Promise<Omit<LinkManagement, 'name'> | undefined>;
  /** Makes it leave the link alone, until a reboot at most. Rejects when it does not, and leaves no file of ours then. */
  release(link: ManagedLink): Promise<void>;
  /** Takes our file about the ENI away again. */
  handBack(eniId: string): Promise<void>;
}

/** The files from which Multus takes the networks of this node, and what else these need. */
export interface NetworkFiles {
  /** Where they are now, as the host names it. */
  readonly folder: string;
  /** In: the networks whose addresses are of interest, and folders of before. Undefined where there is no file of ours either. */
  read(
    networks: readonly string[],
    foldersOfBefore: readonly string[],
  ): Promise<NetworkView | undefined>;
  /** Replaces the whole file at once: Multus gives up at half a file, and at all that come after it. */
  write(file: string, text: string): Promise<void>;
  /** Gone already is fine. In: its folder, where that is one of before. */
  remove(file: string, folder?: string): Promise<void>;
}

/** The device plugin's configuration file. */
export interface PluginConfigFile {
  /** Rejects when there is something that cannot be read. */
  read(): Promise<PluginConfig>;
  /** Replaces the whole file at once, so that a reader never sees half of it. */
  write(text: string): Promise<void>;
  /** Keeps a copy of a text beside the file, once. */
  backUp(text: string): Promise<void>;
}

/** What the agent remembers until the next reboot. */
export interface MemoryFile {
  /** Rejects when there is something that cannot be read. */
  read(): Promise<Memory>;
  write(memory: Memory): Promise<void>;
}

/** A device about which is asked who uses it. */
export interface Asked {
  /** Absent when it is not known where the device is. */
  readonly address?: string;
  readonly macAddress: string;
  readonly nodes: readonly string[];
  /** Of its link in the host's namespace. */
  readonly ifindex?: number;
}

/** Running programs and their network namespaces. */
export interface Processes {
  holdersOf(devices: readonly Asked[]): Promise<{
    /** PCI address → who uses it; devices nobody uses are left out. */
    readonly holders: Readonly<Record<string, Holder>>;
    /** MAC → PCI address of each link that is in a pod. */
    readonly addresses: Readonly<Record<string, string>>;
  }>;
}

/** What the agent needs of the cluster beside its own object. */
export interface PluginCluster {
  /** Resource → count on this node. Undefined when it cannot be asked. */
  allocatable(): Promise<Readonly<Record<string, number>> | undefined>;
  /** Restarts the device plugin on this node only; how many pods that were. */
  restartPlugin(): Promise<number>;
}

/** The kernel surfaces of a host, each behind its own small interface. */
export interface Host {
  readonly links: LinkTable;
  readonly tuning: LinkTuning;
  readonly addresses: AddressTable;
  readonly routes: RouteTable;
  readonly pci: PciBus;
  readonly modules: KernelModules;
  /** How many huge pages there are; undefined where the kernel does not say. */
  readonly hugePages: () => Promise<number | undefined>;
  readonly managers: readonly LinkManager[];
  readonly pluginConfig: PluginConfigFile;
  readonly networks: NetworkFiles;
  readonly memory: MemoryFile;
  readonly processes: Processes;
  /** Absent where no API server can be asked (one shot with a JSON document). */
  readonly cluster?: PluginCluster;
}
