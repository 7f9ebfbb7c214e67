import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';

/** The parts of a record that an agent acts on: a change of any of them must be acknowledged anew. */
export const HOST_FIELDS = [
  'phase',
  'eniId',
  'macAddress',
  'deviceIndex',
  'networkCardIndex',
  'privateIpAddress',
  'secondaryPrivateIpAddresses',
  'ipv6Addresses',
  'subnetCidr',
  'gateway',
  'mtu',
  'linkMode',
  'linkName',
  'link',
  'dpdk',
  'pciAddress',
  'resourceName',
  'podNetwork',
] as const satisfies readonly (keyof SlotSpec)[];
