import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';

/** What every agent obeys, since the first one. Nothing is added here: an agent of yesterday would pass over it without a word. */
const FIRST_HOST_FIELDS = [
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
  'dpdk',
  'pciAddress',
  'resourceName',
] as const satisfies readonly (keyof SlotSpec)[];

/** What came later: done only when the host names it among what it understood. */
const LATER_HOST_FIELDS = [
  'linkName',
  'link',
  'podNetwork',
] as const satisfies readonly (keyof SlotSpec)[];

/** The parts of a record that an agent acts on: a change of any of them must be acknowledged anew. */
export const HOST_FIELDS = [...FIRST_HOST_FIELDS, ...LATER_HOST_FIELDS] as const;

const isFirstMode = (mode: SlotSpec['linkMode']): boolean =>
  mode === undefined || mode === 'Up' || mode === 'Unmanaged';

/** What a record asks of the host that an agent may be too old for, in words that agents and functions share. */
export const laterPartsOf = (record: SlotSpec): readonly string[] => [
  ...LATER_HOST_FIELDS.filter((field) => record[field] !== undefined),
  ...(isFirstMode(record.linkMode) ? [] : [`linkMode ${record.linkMode}`]),
];
