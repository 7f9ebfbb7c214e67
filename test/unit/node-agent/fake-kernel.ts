import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { CommandError, type RunCommand } from '#node-agent/host/command.ts';
import type { WriteSysfs } from '#node-agent/host/sysfs-writer.ts';
import { FakeAddresses } from './fake-addresses.ts';
import { FakeEthtool } from './fake-ethtool.ts';
import type { ScratchTree } from './scratch-tree.ts';

/** A network device to plug in. */
export interface Nic {
  readonly pciAddress: string;
  readonly macAddress: string;
  readonly name: string;
  /** A host with an IOMMU has a group for each device. */
  readonly iommuGroup?: string;
  readonly maxMtuBytes?: number;
  readonly id?: readonly [vendor: string, device: string];
}

interface NicState extends Nic {
  driver: string | undefined;
  override: string | undefined;
  /** Absent while no kernel driver has the device. */
  link: LinkState | undefined;
}

interface LinkState {
  ifindex: number;
  name: string;
  mtu: number;
  txQueueLength: number;
  isUp: boolean;
  altNames: string[];
  isInPod: boolean;
}

const KERNEL_DRIVER = 'ena';

/**
 * The part of Linux that the agent works on, over a scratch tree: what a write to sysfs, `ip`, `modprobe` or `networkctl`
 * does, with the refusals that were seen on real kernels.
 */
export class FakeKernel {
  /** Drivers that refuse a device though they are registered. */
  readonly refusingDrivers = new Set<string>();
  readonly modules = new Set(['vfio-pci', 'igb_uio', 'uio_pci_generic']);
  readonly commands: string[] = [];
  /** Links that the kernel has and no PCI device: raw `ip -j -d link` rows. */
  readonly softwareLinks: object[] = [];
  readonly addresses = new FakeAddresses();
  /** Of every link; one is enough for a test. */
  readonly ethtool = new FakeEthtool();
  readonly #tree: ScratchTree;
  readonly #nics = new Map<string, NicState>();
  readonly #effects: { match: RegExp; effect: () => void }[] = [];
  #nextIfindex = 2;

  constructor(tree: ScratchTree) {
    this.#tree = tree;
    this.registerDriver(KERNEL_DRIVER);
    tree.file('sys/bus/pci/drivers_probe', '');
    tree.file('proc/net/route', 'Iface\tDestination\tGateway\n');
  }

  registerDriver(name: string): void {
    this.#tree.file(`sys/bus/pci/drivers/${name}/bind`, '');
    this.#tree.file(`sys/bus/pci/drivers/${name}/unbind`, '');
  }

  /** vfio is loaded with the parameter, which only kernels with CONFIG_VFIO_NOIOMMU have. */
  setNoIommu(value: 'Y' | 'N'): void {
    this.#tree.file('sys/module/vfio/parameters/enable_unsafe_noiommu_mode', `${value}\n`);
    this.#noIommu = value;
  }
  #noIommu: 'Y' | 'N' | undefined;

  /** The next command or sysfs write whose text matches fails. */
  failNext(match: RegExp, error: Error): void {
    this.beforeNext(match, () => {
      throw error;
    });
  }

  /** Something happens on the host just before the next command or sysfs write whose text matches. */
  beforeNext(match: RegExp, effect: () => void): void {
    this.#effects.push({ match, effect });
  }

  plug(nic: Nic): void {
    const folder = `sys/bus/pci/devices/${nic.pciAddress}`;
    const [vendor, device] = nic.id ?? ['1d0f', 'ec20'];
    this.#tree.file(`${folder}/class`, '0x020000\n');
    this.#tree.file(`${folder}/vendor`, `0x${vendor}\n`);
    this.#tree.file(`${folder}/device`, `0x${device}\n`);
    this.#tree.file(`${folder}/driver_override`, '(null)\n');
    if (nic.iommuGroup !== undefined) this.#setGroup(nic.pciAddress, nic.iommuGroup, 'DMA');
    const state: NicState = { ...nic, driver: undefined, override: undefined, link: undefined };
    this.#nics.set(nic.pciAddress, state);
    this.#bindTo(state, KERNEL_DRIVER);
  }

  unplug(pciAddress: string): void {
    this.#unbind(this.#nic(pciAddress));
    this.#nics.delete(pciAddress);
    // Put away, so that no later folder gets its inode: sysfs gives none twice.
    this.#tree.move(`sys/bus/pci/devices/${pciAddress}`, `gone/${this.#nextIfindex++}`);
  }

  /** Moves the link into a pod's network namespace: the host does not see it any more. */
  moveIntoPod(pciAddress: string): void {
    const link = this.#link(pciAddress);
    link.isInPod = true;
    this.#tree.remove(`sys/class/net/${link.name}`);
  }

  driverOf(pciAddress: string): string | undefined {
    return this.#nic(pciAddress).driver;
  }

  overrideOf(pciAddress: string): string | undefined {
    return this.#nic(pciAddress).override;
  }

  linkOf(pciAddress: string): Readonly<LinkState> | undefined {
    return this.#nics.get(pciAddress)?.link;
  }

  /** Somebody else changes a link. */
  change(pciAddress: string, changes: Partial<Pick<LinkState, 'mtu' | 'isUp' | 'name'>>): void {
    const link = this.#link(pciAddress);
    this.#tree.remove(`sys/class/net/${link.name}`);
    Object.assign(link, changes);
    this.#showLink(this.#nic(pciAddress), link);
  }

  readonly write: WriteSysfs = async (path, value, folder = '') => {
    this.#happen(`${path} < ${value}`);
    const file = basename(path);
    if (file === 'driver_override') this.#override(basename(realpathSync(folder)), value);
    else if (file === 'unbind') this.#unbind(this.#nic(value));
    else if (file === 'drivers_probe') this.#probe(this.#nic(value));
    else if (file === 'enable_unsafe_noiommu_mode') this.setNoIommu('Y');
    else throw new Error(`nothing writes ${path}`);
  };

  readonly run: RunCommand = async (file, args) => {
    // The driver's settings are those of the link in whatever namespace it is.
    if (file === 'nsenter') {
      const [inside = '', ...rest] = args.slice(args.indexOf('--') + 1);
      return this.run(inside, rest);
    }
    const command = [file, ...args].join(' ');
    if (command === 'ip -j -d link') return JSON.stringify(this.#rows());
    const [first, ...shown] = args;
    if (file === 'ip' && first === '-j') return JSON.stringify(this.addresses.show(shown) ?? []);
    if (file === 'ethtool' && /^-[a-zS]$/.test(first ?? '')) return this.ethtool.run(args);
    this.commands.push(command);
    this.#happen(command);
    if (file === 'modprobe') this.#modprobe(args[0] ?? '');
    if (file === 'ethtool') this.ethtool.run(args);
    if (file === 'ip' && !this.addresses.change(args)) this.#ip(args);
    return '';
  };

  #nic(pciAddress: string): NicState {
    const nic = this.#nics.get(pciAddress);
    if (nic === undefined) throw new Error(`ENODEV: no such device ${pciAddress}`);
    return nic;
  }

  #link(pciAddress: string): LinkState {
    const { link } = this.#nic(pciAddress);
    if (link === undefined) throw new Error(`${pciAddress} has no link`);
    return link;
  }

  #happen(what: string): void {
    const index = this.#effects.findIndex(({ match }) => match.test(what));
    const [first] = index === -1 ? [] : this.#effects.splice(index, 1);
    first?.effect();
  }

  #override(pciAddress: string, value: string): void {
    // Only a line clears it: a write of nothing does not reach the kernel.
    this.#nic(pciAddress).override = value === '\n' ? undefined : value.trim();
  }

  #setGroup(pciAddress: string, group: string, kind: string): void {
    this.#tree.file(`sys/kernel/iommu_groups/${group}/name`, `${kind}\n`);
    this.#tree.link(
      `sys/bus/pci/devices/${pciAddress}/iommu_group`,
      `../../../../kernel/iommu_groups/${group}`,
    );
  }

  #unbind(nic: NicState): void {
    const folder = `sys/bus/pci/devices/${nic.pciAddress}`;
    if (nic.link !== undefined) {
      this.#tree.remove(`sys/class/net/${nic.link.name}`);
      this.addresses.dropLink(nic.link.name);
    }
    if (nic.iommuGroup === undefined) this.#tree.remove(`${folder}/iommu_group`);
    this.#tree.remove(`${folder}/driver`);
    nic.link = undefined;
    nic.driver = undefined;
  }

  // Reports success in any case, as the kernel does.
  #probe(nic: NicState): void {
    const driver = nic.override ?? KERNEL_DRIVER;
    if (nic.driver !== undefined || this.refusingDrivers.has(driver)) return;
    if (!this.#isRegistered(driver)) return;
    const hasIommu = nic.iommuGroup !== undefined || this.#noIommu === 'Y';
    if (driver === 'vfio-pci' && !hasIommu) return;
    this.#bindTo(nic, driver);
  }

  #isRegistered(driver: string): boolean {
    return driver === KERNEL_DRIVER || this.#loaded.has(driver);
  }
  readonly #loaded = new Set<string>();

  #bindTo(nic: NicState, driver: string): void {
    nic.driver = driver;
    this.#tree.link(
      `sys/bus/pci/devices/${nic.pciAddress}/driver`,
      `../../../../bus/pci/drivers/${driver}`,
    );
    if (driver === 'vfio-pci' && nic.iommuGroup === undefined)
      this.#setGroup(nic.pciAddress, '0', 'vfio-noiommu');
    if (driver !== KERNEL_DRIVER) return;
    // A link that comes back is a new one: new index, default MTU, down.
    nic.link = {
      ifindex: this.#nextIfindex++,
      name: nic.name,
      mtu: 1500,
      txQueueLength: 1000,
      isUp: false,
      altNames: [],
      isInPod: false,
    };
    this.#showLink(nic, nic.link);
  }

  #showLink(nic: NicState, link: LinkState): void {
    this.#tree.link(
      `sys/class/net/${link.name}/device`,
      `../../../bus/pci/devices/${nic.pciAddress}`,
    );
    this.#tree.file(`run/udev/data/n${link.ifindex}`, 'E:ID_NET_DRIVER=ena\n');
  }

  #modprobe(name: string): void {
    if (!this.modules.has(name))
      throw new CommandError(`modprobe ${name}`, 1, `FATAL: Module ${name} not found.`);
    this.#loaded.add(name);
    this.registerDriver(name);
  }

  #linkNamed(name: string): [NicState, LinkState] {
    for (const nic of this.#nics.values())
      if (nic.link?.name === name && !nic.link.isInPod) return [nic, nic.link];
    throw new CommandError('ip', 1, `Cannot find device "${name}"`);
  }

  #ip([, verb, ...rest]: readonly string[]): void {
    if (verb === 'property') {
      const [change, , name = '', , altName = ''] = rest;
      const [, link] = this.#linkNamed(name);
      link.altNames = link.altNames.filter((known) => known !== altName);
      if (change === 'add') link.altNames.push(altName);
      return;
    }
    const [, name = '', what, value] = rest;
    const [nic, link] = this.#linkNamed(name);
    if (what === 'mtu') {
      if (Number(value) > (nic.maxMtuBytes ?? 9216))
        throw new CommandError('ip', 2, 'RTNETLINK answers: Invalid argument');
      link.mtu = Number(value);
    } else if (what === 'txqueuelen') link.txQueueLength = Number(value);
    else {
      link.isUp = what === 'up';
      if (!link.isUp) this.addresses.dropRoutes(name);
    }
  }

  #rows(): object[] {
    const rows = [...this.#nics.values()].flatMap((nic) => {
      const { link } = nic;
      if (link === undefined || link.isInPod) return [];
      return [
        {
          ifindex: link.ifindex,
          ifname: link.name,
          flags: ['BROADCAST', 'MULTICAST', ...(link.isUp ? ['UP', 'LOWER_UP'] : [])],
          mtu: link.mtu,
          txqlen: link.txQueueLength,
          address: nic.macAddress,
          min_mtu: 128,
          max_mtu: nic.maxMtuBytes ?? 9216,
          parentbus: 'pci',
          parentdev: nic.pciAddress,
          ...(link.altNames.length > 0 ? { altnames: link.altNames } : {}),
        },
      ];
    });
    return [...rows, ...this.softwareLinks];
  }
}
