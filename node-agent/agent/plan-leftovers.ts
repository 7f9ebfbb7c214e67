import type { HostAction } from './actions.ts';
import type { DesiredInterface } from './desired.ts';
import type { ObservedHost } from './observed.ts';

/** What takes away the traces of interfaces that no row names any more. Their devices are not touched. */
export const planLeftovers = (
  desired: readonly DesiredInterface[],
  { network, memory, devices, links }: ObservedHost,
): HostAction[] => {
  const files = (network?.isWritable === true ? network.files : [])
    .filter((eniId) => desired.every((one) => one.eniId !== eniId))
    .map((eniId) => ({ type: 'remove-network-file', eniId }) as const);
  // A device that is there and shows no MAC may still be in use: it is not forgotten.
  const entries = Object.entries(memory.devices)
    .filter(([macAddress]) => desired.every((one) => one.macAddress !== macAddress))
    .filter(
      ([, pciAddress]) =>
        devices.every(({ address }) => address !== pciAddress) ||
        links.some((link) => link.pciAddress === pciAddress),
    )
    .map(([macAddress]) => ({ type: 'forget', macAddress }) as const);
  return [...files, ...entries];
};
