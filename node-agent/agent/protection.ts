import { type Finding, finding } from './finding.ts';
import type { Subject } from './identity.ts';
import type { ObservedHost } from './observed.ts';
import type { Settings } from './settings.ts';

/**
 * Why a device must not be touched, whatever its row says; undefined when it may be. Index 0 of card 0 is the node's
 * own interface ("Network interfaces", Amazon EC2 User Guide).
 */
export const protectionOf = (
  { desired, device, link }: Subject,
  host: ObservedHost,
  { pciIds }: Settings,
): Finding | undefined => {
  if (desired.deviceIndex === 0 && desired.networkCardIndex === 0)
    return finding('PrimaryInterface', 'Index 0 of network card 0 is the node’s own interface.');
  if (link !== undefined && host.uplinks.includes(link.name))
    return finding('DefaultRoute', `${link.name} carries the default route of the host.`);
  if (device !== undefined && !pciIds.includes('*') && !pciIds.includes(device.id))
    return finding(
      'UnsupportedDevice',
      `${device.address} is a ${device.id}, which is not among the PCI ids the agent may touch.`,
    );
  return undefined;
};
