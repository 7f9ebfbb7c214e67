import type { LinkSettings } from '#core/apis/v1alpha1/link-settings.ts';
import type { Slot, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { laterPartsOf } from '#core/instance/host-fields.ts';
import { type DesiredAddresses, desiredAddressesOf } from './desired-addresses.ts';
import type { HostState } from './parse-state.ts';
import { normalPciAddress } from './pci-address.ts';

/** The resource of a device that is advertised without a name, as the Go controller called it. */
const DEFAULT_RESOURCE = 'intel.com/sriov_net';

/** One interface as the host is to show it: the part of a slot that is about the host. */
export interface DesiredInterface {
  readonly slot: Slot;
  readonly eniId: string;
  readonly generation: number;
  readonly isReleasing: boolean;
  readonly macAddress: string;
  readonly deviceIndex?: number;
  readonly networkCardIndex: number;
  readonly mtuBytes?: number;
  /** A name that the user gave the link. */
  readonly linkName?: string;
  /** The slot whose link is to have that name instead. */
  readonly linkNameOf?: Slot;
  readonly settings?: LinkSettings;
  /** True when the link is to have addresses, whether they are known or not. */
  readonly isAddressed: boolean;
  readonly addresses?: DesiredAddresses;
  /** False: a link that the kernel owns is left as it is. */
  readonly managesLink: boolean;
  /** The driver to bind to for DPDK; absent for a link of the kernel. */
  readonly dpdkDriver?: string;
  /** Where the user expects the device. */
  readonly expectedPciAddress?: string;
  /** True: the controller did not make this ENI, it was there before. */
  readonly isTakenOver: boolean;
  /** Where this agent last reported the device of this ENI. */
  readonly lastPciAddress?: string;
  /** Resource to advertise the device under, as the user wrote it. */
  readonly resourceName?: string;
  /** The network for pods that the host is to make of it. */
  readonly podNetwork?: PodNetworkRecord;
  /** What is asked for that not every agent knows, and this one does. */
  readonly understood: readonly string[];
  /** What is asked for that this agent does not know. */
  readonly unknown: readonly string[];
}

const resourceOf = ({ dpdk, pciAddress, resourceName }: SlotSpec): string | undefined => {
  if (dpdk !== undefined) return dpdk.resourceName;
  return resourceName ?? (pciAddress === undefined ? undefined : DEFAULT_RESOURCE);
};

const expectedAddressOf = ({ dpdk, pciAddress }: SlotSpec): string | undefined =>
  dpdk === undefined ? pciAddress : dpdk.pciAddress;

/** What is asked of the link that the kernel shows, and of the network that pods get by it. */
const linkPartOf = (
  spec: SlotSpec,
): Pick<
  DesiredInterface,
  'mtuBytes' | 'linkName' | 'settings' | 'isAddressed' | 'addresses' | 'podNetwork'
> => {
  const addresses = desiredAddressesOf(spec);
  const { linkMode, linkName, link, dpdk, podNetwork } = spec;
  return {
    isAddressed:
      linkMode === 'Addressed' && dpdk === undefined && podNetwork?.type !== 'host-device',
    ...(spec.mtu ? { mtuBytes: spec.mtu } : {}),
    ...(linkName === undefined ? {} : { linkName }),
    ...(link === undefined ? {} : { settings: link }),
    ...(addresses === undefined ? {} : { addresses }),
    ...(podNetwork === undefined ? {} : { podNetwork }),
  };
};

const interfaceOf = (
  slot: Slot,
  spec: SlotSpec,
  { status, unknownParts }: HostState,
): DesiredInterface[] => {
  // Before EC2 has given both there is no device to find.
  if (spec.eniId === undefined || spec.macAddress === undefined) return [];
  const reported = status?.host?.[slot];
  const last = reported?.eniId === spec.eniId ? reported.pciAddress : undefined;
  const expected = expectedAddressOf(spec);
  const resourceName = resourceOf(spec);
  return [
    {
      slot,
      eniId: spec.eniId,
      generation: spec.generation,
      isReleasing: spec.phase === 'Releasing',
      macAddress: spec.macAddress.toLowerCase(),
      networkCardIndex: spec.networkCardIndex ?? 0,
      isTakenOver: spec.create === undefined,
      understood: laterPartsOf(spec),
      unknown: unknownParts?.[slot] ?? [],
      managesLink: spec.linkMode !== 'Unmanaged',
      ...linkPartOf(spec),
      ...(spec.deviceIndex === undefined ? {} : { deviceIndex: spec.deviceIndex }),
      ...(spec.dpdk === undefined ? {} : { dpdkDriver: spec.dpdk.driver }),
      ...(expected === undefined ? {} : { expectedPciAddress: normalPciAddress(expected) }),
      ...(last === undefined ? {} : { lastPciAddress: last }),
      ...(resourceName === undefined ? {} : { resourceName }),
    },
  ];
};

const byPosition = (left: DesiredInterface, right: DesiredInterface): number =>
  left.networkCardIndex - right.networkCardIndex ||
  (left.deviceIndex ?? 0) - (right.deviceIndex ?? 0) ||
  (left.slot < right.slot ? -1 : 1);

/** Two subnets of a NodeENI may be of one zone, and two NodeENIs may ask for one name: the first interface has it. */
const withOwnNames = (all: readonly DesiredInterface[]): readonly DesiredInterface[] => {
  const owners = new Map<string, Slot>();
  return all.map((one) => {
    const { linkName, isReleasing, slot } = one;
    if (linkName === undefined || isReleasing) return one;
    const owner = owners.get(linkName);
    if (owner !== undefined) return { ...one, linkNameOf: owner };
    owners.set(linkName, slot);
    return one;
  });
};

/** The interfaces a host is to show, by network card and device index, from the part of its object that counts. */
export const desiredFrom = (state: HostState): readonly DesiredInterface[] =>
  withOwnNames(
    Object.entries(state.spec.interfaces ?? {})
      .flatMap(([slot, record]) => interfaceOf(slot, record, state))
      .toSorted(byPosition),
  );
