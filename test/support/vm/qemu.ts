import { dirname, join } from 'node:path';
import { type Image, REPOSITORY } from './image.ts';
import { commandInTree } from './tree.ts';

/**
 * What the machine stands for. Both have their own interface at 0000:00:05.0, as an EC2 instance has.
 *
 * - `virtual`: a Nitro instance. No IOMMU; more interfaces come at 0000:00:06.0 and up.
 * - `metal`: a bare-metal instance. Its IOMMU has groups; more interfaces come at 0000:01:00.0 and up.
 */
export type Kind = 'virtual' | 'metal';

export interface Hardware {
  readonly kind: Kind;
  /** `rebuilt`: with the no-IOMMU mode; `stock`: as Debian ships it, without. */
  readonly vfio: 'stock' | 'rebuilt';
}

/** Root ports of the metal machine; a device behind the first is 0000:01:00.0. */
const ROOT_PORTS = [1, 2, 3];

const CHIPSETS: Readonly<Record<Kind, readonly string[]>> = {
  virtual: ['-M', 'pc'],
  metal: [
    ...['-M', 'q35', '-device', 'intel-iommu,intremap=on,caching-mode=on'],
    ...ROOT_PORTS.flatMap((port) => [
      '-device',
      `pcie-root-port,id=port${port},addr=${(0x5 + port).toString(16)},chassis=${port},slot=${port}`,
    ]),
  ],
};

// PVH, the way this kernel is started, asks for no compressed image; a panic restarts the guest, which counts as its end.
const kernelLine = ({ kind, vfio }: Hardware): string =>
  `console=ttyS0 quiet mitigations=off panic=-1 vfio=${vfio}${kind === 'metal' ? ' intel_iommu=on' : ''}`;

const shared = (id: string, folder: string, addr: string, isReadOnly: boolean): string[] => [
  '-fsdev',
  `local,id=${id},path=${folder},security_model=none,multidevs=remap${isReadOnly ? ',readonly=on' : ''}`,
  '-device',
  `virtio-9p-pci,fsdev=${id},mount_tag=${id},addr=${addr}`,
];

const channel = (id: string, path: string): string =>
  `socket,id=${id},path=${path},server=on,wait=off`;

/** The Linux of the guest reaches this machine's own addresses by this one. */
export const HOST_SEEN_BY_GUEST = '10.0.2.2';

export interface QemuPlan {
  readonly image: Image;
  readonly hardware: Hardware;
  /** For its sockets. */
  readonly folder: string;
  readonly exchange: string;
}

/**
 * One processor, so that files run side by side: two emulated ones stop each other for each change of a page table, and a program
 * that starts others took four times as long on them. What protects a processor from its own speculation is off: it has none.
 */
const PROCESSOR = ['-accel', 'tcg', '-cpu', 'max', '-m', '1536', '-smp', '1'];

/**
 * The command line of QEMU. Emulated always: where `/dev/kvm` is there it may still start nothing (nested machines), and
 * what is tested does not depend on it. The devices of the harness are at high addresses, out of the way.
 */
export const qemuCommand = ({ image, hardware, folder, exchange }: QemuPlan): readonly string[] => [
  // A test run that is killed has no time to end its machines.
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...commandInTree(image.tree, 'qemu-system-x86_64'),
  ...['-L', join(image.tree, 'usr/share/qemu'), '-L', join(image.tree, 'usr/share/seabios')],
  ...PROCESSOR,
  ...['-nodefaults', '-display', 'none', '-serial', 'stdio'],
  ...CHIPSETS[hardware.kind],
  ...['-kernel', image.kernel, '-initrd', image.ramdisk, '-append', kernelLine(hardware)],
  ...['-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`],
  ...['-device', 'virtio-serial-pci,id=serial,addr=1a'],
  ...['-chardev', channel('control', join(folder, 'control'))],
  ...['-device', 'virtserialport,bus=serial.0,chardev=control,name=control'],
  ...['-device', 'virtio-rng-pci,addr=1b'],
  ...shared('tree', image.tree, '16', true),
  ...shared('repository', REPOSITORY, '17', true),
  ...shared('node', dirname(process.execPath), '18', true),
  ...shared('exchange', exchange, '19', false),
  ...['-netdev', 'user,id=primary', '-device'],
  'virtio-net-pci,netdev=primary,mac=02:00:00:00:00:05,addr=5,romfile=',
  // An end of the wire that every interface which is plugged in is on.
  ...['-netdev', 'hubport,id=wire,hubid=1', '-device'],
  'virtio-net-pci,netdev=wire,mac=02:00:00:00:00:fe,addr=10,romfile=',
];

/** Where the n-th further interface comes, in QEMU's words. */
export const placeOf = (kind: Kind, position: number): object =>
  kind === 'virtual'
    ? { bus: 'pci.0', addr: (0x5 + position).toString(16) }
    : { bus: `port${position}` };

/** Where the n-th further interface comes, as Linux says it. */
export const addressOf = (kind: Kind, position: number): string =>
  kind === 'virtual' ? `0000:00:0${5 + position}.0` : `0000:0${position}:00.0`;
