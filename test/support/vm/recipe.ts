import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The Debian whose packages make the machine: its kernel is of the line that Amazon Linux 2023 runs. */
export const DEBIAN = 'bookworm';

/** What runs on this machine, out of the tree, and what runs inside the guest. */
export const PACKAGES = [
  'qemu-system-x86',
  'busybox-static',
  'containernetworking-plugins',
  'base-files',
  'bash',
  'coreutils',
  'dbus',
  'dnsmasq-base',
  'ethtool',
  'grep',
  'iproute2',
  'iputils-ping',
  'kmod',
  'libatomic1',
  'libstdc++6',
  'mount',
  'network-manager',
  'procps',
  'sed',
  'systemd',
  'udev',
  'util-linux',
  'dpdk-dev',
  'librte-mempool-ring23',
  'librte-net-e1000-23',
];

/** Folders of the kernel's modules that are needed; all of them would be 400 MB. */
export const MODULE_FOLDERS = [
  'arch',
  'crypto',
  'drivers/char',
  'drivers/net/ethernet/amazon',
  'drivers/net/ethernet/intel/e1000e',
  'drivers/net/ipvlan',
  'drivers/net/net_failover.ko',
  'drivers/net/virtio_net.ko',
  'drivers/net/vmxnet3',
  'drivers/pps',
  'drivers/ptp',
  'drivers/uio',
  'drivers/vfio',
  'drivers/virtio',
  'fs/9p',
  'fs/fscache',
  'fs/netfs',
  'fs/overlayfs',
  'lib',
  'net',
  'virt',
];

/** What the initial ramdisk loads before it can see the tree. */
export const FIRST_MODULES = [
  'virtio_pci',
  'virtio_console',
  '9pnet_virtio',
  '9p',
  'overlay',
  'virtio_rng',
];

/** vfio.ko in Debian 12 is these files, without the no-IOMMU mode (drivers/vfio/Makefile, Linux 6.1). */
export const VFIO_SOURCES = ['vfio_main.c', 'container.c', 'iova_bitmap.c', 'vfio.h'];
export const VFIO_KBUILD = `ccflags-y += -DCONFIG_VFIO_NOIOMMU=1
obj-m += vfio.o
vfio-y := vfio_main.o iova_bitmap.o container.o
`;

export const guestFile = (name: string): string =>
  readFileSync(new URL(`./guest/${name}`, import.meta.url), 'utf8');

const hashOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);

/** Changes whenever what is made of packages would. */
export const treeHash = (): string =>
  hashOf(DEBIAN, PACKAGES, MODULE_FOLDERS, VFIO_SOURCES, VFIO_KBUILD);

/** Changes whenever what the guest runs first would. */
export const ramdiskHash = (): string =>
  hashOf(FIRST_MODULES, guestFile('init.sh'), guestFile('shell.sh'));
