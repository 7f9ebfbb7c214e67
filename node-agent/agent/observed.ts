import type { Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { FoundSettings } from './link-settings.ts';

/** A network link of the host's own namespace that a PCI device backs. Software links (veth, ipvlan, …) are not listed. */
export interface Link {
  readonly ifindex: number;
  /** Output only: names differ by image and family, and are no identity. */
  readonly name: string;
  readonly altNames: readonly string[];
  /** The burnt-in address where the kernel shows it, lower case. */
  readonly macAddress: string;
  readonly pciAddress: string;
  readonly mtuBytes: number;
  /** Largest MTU the driver takes; 0 when the kernel does not say. */
  readonly maxMtuBytes: number;
  /** In packets. */
  readonly txQueueLength: number;
  readonly isUp: boolean;
  /** False while udev may still rename the link. */
  readonly isSettled: boolean;
  /** True when routers of the subnet may give it addresses and routes. */
  readonly acceptsRouterAdvertisements: boolean;
  /** Names of links in the host's namespace that are stacked on this one (VLAN, ipvlan, macvlan). */
  readonly children: readonly string[];
}

/** Which device is meant: an address may be given to another one. */
export interface PciIdentity {
  /** With domain, lower case: `0000:00:06.0`. */
  readonly address: string;
  /** Another one for each device that comes to the address. */
  readonly birth: string;
}

/** A PCI network device, whoever drives it. */
export interface PciDevice extends PciIdentity {
  /** Vendor and device, lower case hex: `1d0f:ec20`. */
  readonly id: string;
  readonly driver?: string;
  /** Number of the IOMMU group; in no-IOMMU mode there is one only while vfio-pci drives the device. */
  readonly iommuGroup?: string;
  /** True while vfio-pci drives the device in no-IOMMU mode. */
  readonly isNoIommu: boolean;
  /** Character devices by which programs reach it, below /dev: `vfio/8`, `vfio/noiommu-0`, `uio0`. */
  readonly nodes: readonly string[];
}

/** What vfio can do without an IOMMU: the kernel lacks the mode, has it switched off, or on. */
export type NoIommu = 'absent' | 'off' | 'on';

/** A service of the host that configures links by itself. */
export type ManagerName = 'systemd-networkd' | 'NetworkManager';

/** What such a service does on this host. */
export interface LinkManagement {
  readonly name: ManagerName;
  /** Links it manages. */
  readonly managedIfindexes: readonly number[];
  /** ENIs that a file of ours keeps from it. */
  readonly eniIds: readonly string[];
}

/** A link of ours in a pod's network namespace. */
export interface LinkInPod {
  /** Its name there. */
  readonly name: string;
  /** A process in the namespace. */
  readonly pid: string;
  readonly mtuBytes: number;
  readonly txQueueLength: number;
}

/** Who uses a device. */
export interface Holder {
  /** In words. */
  readonly who: string;
  /** Absent while only a program, or a link that is stacked on it, uses the device. */
  readonly link?: LinkInPod;
}

/** A route that the agent made, in a table of its own. */
export interface OwnRoute {
  readonly family: 'inet' | 'inet6';
  readonly table: number;
  /** `default`, or a network: `10.0.2.0/24`. */
  readonly destination: string;
  readonly link: string;
  readonly gateway?: string;
  /** Address that packets leave with. */
  readonly source?: string;
}

/** A rule that the agent made: what comes from an address goes by its table. */
export interface OwnRule {
  readonly family: 'inet' | 'inet6';
  readonly source: string;
  readonly table: number;
}

/** Addresses of links, and the routes and rules that the agent made. */
export interface Addressing {
  /** Name of a link → its addresses with their prefix lengths: `10.0.2.15/24`. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly routes: readonly OwnRoute[];
  readonly rules: readonly OwnRule[];
}

/** What the agent gave a link. */
export interface Given {
  readonly names: readonly string[];
  /** With their prefix lengths. */
  readonly addresses: readonly string[];
}

/** What outlives the agent, and no reboot. */
export interface Memory {
  /** MAC → PCI address of every link of ours: a bound device, or one in a pod, shows no MAC. */
  readonly devices: Readonly<Record<string, string>>;
  /** MAC → which device that was: an address may be given to another ENI. */
  readonly births?: Readonly<Record<string, string>>;
  /** MAC → what the link was given, beside the names that tell themselves whose they are. */
  readonly given?: Readonly<Record<string, Given>>;
  /** MAC → driver for DPDK that the agent gave the device, or took over with it: what somebody else bound is not ours to undo. */
  readonly bound?: Readonly<Record<string, string>>;
  /** The devices that were there when the device plugin was last restarted, a line each. */
  readonly advertised?: readonly string[];
  /** True when the agent loaded igb_uio with `wc_activate=1`, which the kernel does not show. */
  readonly isWriteCombining?: boolean;
  /** Where networks for pods were written since the boot: the folder is a setting, which may change. */
  readonly networkFolders?: readonly string[];
}

/** The device plugin's configuration file. */
export interface PluginConfig {
  /** Undefined when there is no file. */
  readonly text?: string;
  /** Why what is there cannot be read. */
  readonly problem?: string;
  /** True when a copy of exactly this text is kept beside the file. */
  readonly isBackedUp: boolean;
}

/** A file in the folder where Multus looks for the networks of a node. */
export interface NetworkFile {
  readonly name: string;
  readonly text: string;
}

/** A file of ours in a folder that is not the agent's any more. */
export interface LeftNetworkFile extends NetworkFile {
  readonly folder: string;
}

/** Where Multus looks for networks of this node: there is none, it looks where our files are, or somewhere else. */
export type MultusView =
  | { readonly kind: 'absent'; readonly why: string }
  | { readonly kind: 'ours' }
  | {
      readonly kind: 'elsewhere';
      readonly folder: string;
      /** What to write, and where. */
      readonly line: string;
      readonly source: string;
    };

/** What makes a link a network for pods. */
export interface NetworkView {
  /** Where the files are, as the host names it. */
  readonly folder: string;
  readonly files: readonly NetworkFile[];
  /** What the agent has left in folders that were its own before. */
  readonly left: readonly LeftNetworkFile[];
  /** Why that folder cannot be read. */
  readonly problem?: string;
  readonly pluginFolder: string;
  readonly plugins: readonly string[];
  readonly multus: MultusView;
  /** Where addresses in use are noted, as the host names it. */
  readonly addressFolder: string;
  /** Network → addresses that pods have. */
  readonly reserved: Readonly<Record<string, readonly string[]>>;
}

/** The host, read at one moment. Plain data. */
export interface ObservedHost {
  readonly links: readonly Link[];
  /** Every name and alternative name in the host's namespace, of software links too. */
  readonly takenNames: readonly string[];
  readonly devices: readonly PciDevice[];
  /** Names of the links that carry the host's own traffic. */
  readonly uplinks: readonly string[];
  /** Names of all links that have a default route. */
  readonly defaultLinks: readonly string[];
  /** PCI address → who uses the device. Only for devices that were asked about. */
  readonly holders: Readonly<Record<string, Holder>>;
  /** MAC → PCI address of links that pods have. Only for interfaces that were asked about. */
  readonly addressesInPods: Readonly<Record<string, string>>;
  /** By slot: what is set of that which is asked for. */
  readonly settings: Readonly<Record<Slot, FoundSettings>>;
  /** Absent where no link has addresses of the agent's, and none is to have any. */
  readonly addressing?: Addressing;
  readonly noIommu: NoIommu;
  readonly hugePages?: number;
  /** Drivers the kernel has registered for PCI devices. */
  readonly drivers: readonly string[];
  /** The services that run and configure links. */
  readonly managers: readonly LinkManagement[];
  readonly memory: Memory;
  /** Whether igb_uio maps device memory write-combined; undefined when nobody knows. */
  readonly isWriteCombining?: boolean;
  readonly pluginConfig: PluginConfig;
  /** Absent where there is no network for pods, and none is asked for. */
  readonly networks?: NetworkView;
  /** False where no API server can be asked, so that nobody restarts the plugin. */
  readonly canRestartPlugin: boolean;
  /** Resource → count on this node; undefined when nobody could be asked. */
  readonly allocatable?: Readonly<Record<string, number>>;
}
