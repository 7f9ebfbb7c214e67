import { wantsDpdk } from '#core/apis/v1alpha1/node-eni.ts';
import type { CreateParameters, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { userTagsOf } from '#core/apis/v1alpha1/rules.ts';
import { HOST_FIELDS } from '#core/instance/host-fields.ts';
import type { OurInterface } from '#core/instance/ownership.ts';
import { sameJson } from '#core/json.ts';
import type { NetworkInterface, Subnet } from '#core/ports/cloud.ts';
import type { DesiredInterface } from './desired.ts';
import { podRanges } from './pod-ranges.ts';

/** The record with its generation: one more than before when the agent has something new to do. */
export const withGeneration = (
  next: Omit<SlotSpec, 'generation'>,
  previous: SlotSpec | undefined,
): SlotSpec => {
  if (previous === undefined) return { ...next, generation: 1 };
  const isChanged = HOST_FIELDS.some((field) => !sameJson(next[field], previous[field]));
  return { ...next, generation: previous.generation + Number(isChanged) };
};

// VPC reserves the network address plus one for its router ("Subnet CIDR blocks", Amazon VPC User Guide).
const gatewayOf = (cidr: string): string => {
  const octets = (cidr.split('/')[0] ?? '').split('.').map(Number);
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0) + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
};

const desiredHosts = ({ nodeEni: { spec } }: DesiredInterface): Partial<SlotSpec> => ({
  ...(spec.mtu ? { mtu: spec.mtu } : {}),
  linkMode: spec.linkMode,
  ...(spec.linkName === undefined ? {} : { linkName: spec.linkName }),
  ...(spec.link === undefined ? {} : { link: spec.link }),
  ...(wantsDpdk(spec)
    ? {
        dpdk: {
          driver: spec.dpdkDriver ?? 'vfio-pci',
          ...(spec.dpdkResourceName === undefined ? {} : { resourceName: spec.dpdkResourceName }),
          ...(spec.dpdkPCIAddress === undefined ? {} : { pciAddress: spec.dpdkPCIAddress }),
        },
      }
    : {
        ...(spec.dpdkPCIAddress === undefined ? {} : { pciAddress: spec.dpdkPCIAddress }),
        ...(spec.dpdkResourceName === undefined ? {} : { resourceName: spec.dpdkResourceName }),
      }),
});

const eniFacts = (eni: NetworkInterface, subnet: Subnet): Partial<SlotSpec> => ({
  eniId: eni.eniId,
  macAddress: eni.macAddress,
  ...(subnet.cidr !== undefined && { subnetCidr: subnet.cidr, gateway: gatewayOf(subnet.cidr) }),
  ...(eni.privateIpAddress !== undefined && { privateIpAddress: eni.privateIpAddress }),
  ...(eni.secondaryPrivateIpAddresses.length > 0
    ? { secondaryPrivateIpAddresses: [...eni.secondaryPrivateIpAddresses] }
    : {}),
  ...(eni.ipv6Addresses.length > 0 ? { ipv6Addresses: [...eni.ipv6Addresses] } : {}),
  ...(eni.ipv4Prefixes && { ipv4Prefixes: [...eni.ipv4Prefixes] }),
  ...(eni.ipv6Prefixes && { ipv6Prefixes: [...eni.ipv6Prefixes] }),
  ...(eni.attachment === undefined
    ? {}
    : {
        ...(eni.attachment.attachmentId && { attachmentId: eni.attachment.attachmentId }),
        deviceIndex: eni.attachment.deviceIndex,
        networkCardIndex: eni.attachment.networkCardIndex,
      }),
});

/** The network for pods that the host is to make of an ENI. */
const networkOf = (
  { network, nodeEni: { spec }, subnet }: DesiredInterface,
  eni: NetworkInterface,
  before: SlotSpec['podNetwork'],
): SlotSpec['podNetwork'] => {
  const { podNetwork } = spec;
  if (podNetwork === undefined || network === undefined || !('name' in network)) return undefined;
  const { type, mode, routes = [], resourceName, spare } = podNetwork;
  const gateway = subnet.cidr === undefined ? undefined : gatewayOf(subnet.cidr);
  return {
    name: network.name,
    type,
    ...(type === 'ipvlan' && { mode }),
    ...(routes.length > 0 && { routes }),
    ...(resourceName !== undefined && { resourceName }),
    spare,
    subnets: podRanges({ type, spec }, eni, subnet, gateway, before?.subnets),
  };
};

/** When the create call of a record was last made, to the minute; undefined when there was none. */
export const lastTryOf = (record: SlotSpec | undefined): string | undefined =>
  record?.createTriedAt ?? record?.create?.incarnation;

/**
 * The user's tags that the ENI may carry: those of the spec, and those that were taken out of it since and are not off yet. Whoever
 * looks at nothing but the spec would leave them on.
 */
const userTagsFor = (
  { nodeEni: { spec } }: DesiredInterface,
  eni: NetworkInterface | undefined,
  previous: SlotSpec | undefined,
): Readonly<Record<string, string>> => {
  const created = previous?.eniId === undefined ? (previous?.create?.tags ?? {}) : {};
  const earlier = { ...userTagsOf({ tags: created }), ...previous?.userTags };
  const remaining = Object.entries(earlier).filter(([key]) => eni === undefined || key in eni.tags);
  return { ...Object.fromEntries(remaining), ...userTagsOf(spec) };
};

/** True once EC2 has shown the ENI in a describe: the answer of a create call is none. */
const isShown = (eni: OurInterface, previous: SlotSpec | undefined): boolean =>
  eni.isUnseen !== true || (previous?.eniId === eni.eniId && previous.isSeen === true);

/** What the state object is to say of a wanted slot, from the desired interface and the ENI that serves it, if there is one. */
export const recordOf = (
  desired: DesiredInterface,
  eni: OurInterface | undefined,
  previous: SlotSpec | undefined,
  create: CreateParameters | undefined = previous?.create,
): SlotSpec => {
  const podNetwork = eni && networkOf(desired, eni, previous?.podNetwork);
  return withGeneration(
    {
      nodeEniUid: desired.nodeEni.metadata.uid,
      subnetId: desired.subnet.subnetId,
      phase: 'Present',
      ...(create === undefined ? {} : { create }),
      ...(previous?.createTriedAt && { createTriedAt: previous.createTriedAt }),
      deleteOnTermination: desired.nodeEni.spec.deleteOnTermination,
      userTags: userTagsFor(desired, eni, previous),
      ...desiredHosts(desired),
      ...(desired.isByCommand && { host: 'SSM' as const }),
      ...(eni === undefined ? {} : eniFacts(eni, desired.subnet)),
      ...(podNetwork && { podNetwork }),
      ...(podNetwork && previous?.growth && { growth: previous.growth }),
      ...(eni && isShown(eni, previous) && { isSeen: true }),
    },
    previous,
  );
};

/** The same record without its ENI and the call that made it; when that call was made stays. */
export const withoutEni = (record: SlotSpec): SlotSpec => {
  const {
    create: _create,
    eniId: _eniId,
    attachmentId: _attachmentId,
    macAddress: _macAddress,
    deviceIndex: _deviceIndex,
    networkCardIndex: _networkCardIndex,
    privateIpAddress: _privateIpAddress,
    secondaryPrivateIpAddresses: _secondaryPrivateIpAddresses,
    ipv6Addresses: _ipv6Addresses,
    ipv4Prefixes: _ipv4Prefixes,
    ipv6Prefixes: _ipv6Prefixes,
    podNetwork: _podNetwork,
    growth: _growth,
    isSeen: _isSeen,
    missingSince: _missingSince,
    ...kept
  } = record;
  return withGeneration(kept, record);
};

/** The same record in its releasing phase; the moment it began is kept. */
export const releasingRecord = (record: SlotSpec, now: Date): SlotSpec =>
  record.phase === 'Releasing'
    ? record
    : withGeneration({ ...record, phase: 'Releasing', releasingSince: now.toISOString() }, record);
