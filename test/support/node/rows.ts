import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Attachment } from './node-host.ts';

const twoDigits = (number: number): string => number.toString(16).padStart(2, '0');

export const macAddressOf = (number: number): string => `02:00:00:00:00:${twoDigits(number)}`;

/** The row of the ENI of that number at that index, as the controller writes it; the slot is its name and a subnet. */
export const rowOf = (number: number, changes: Partial<SlotSpec> = {}): SlotSpec => ({
  nodeEniUid: `uid-${number}`,
  subnetId: 'subnet-1',
  phase: 'Present',
  generation: 1,
  eniId: `eni-${twoDigits(number)}`,
  macAddress: macAddressOf(number),
  deviceIndex: number,
  networkCardIndex: 0,
  mtu: 9001,
  linkMode: 'Up',
  ...changes,
});

export const slotOf = (number: number): string => `data-${number}/subnet-1`;

/** The ENI of that number as a link of that name, in the PCI slot of that number. */
export const attachmentOf = (number: number, link: string): Attachment => ({
  link,
  macAddress: macAddressOf(number),
  // A PCI bus has 32 slots.
  pciAddress: `0000:${twoDigits(Math.floor(number / 32))}:${twoDigits(number % 32)}.0`,
});
