import type { DesiredInterface } from './desired.ts';
import { type Finding, finding } from './finding.ts';
import type { Subject } from './identity.ts';
import type { ObservedHost } from './observed.ts';
import { canBeTakenOver } from './plan-managers.ts';
import type { Settings } from './settings.ts';

/** Index 0 of card 0 is the node's own interface ("Network interfaces", Amazon EC2 User Guide). */
const isPrimary = ({ deviceIndex, networkCardIndex }: DesiredInterface): boolean =>
  deviceIndex === 0 && networkCardIndex === 0;

/**
 * True for one of several links with default routes that a service of the host configured: with one file for every link
 * (`Name=en*`) an ENI gets a route of the same metric as the primary interface's. The service can be made to leave it, and
 * the host goes on by a link that no row names. In: names of the links that rows name.
 */
export const isSparedUplink = (
  { desired, link }: Subject,
  host: ObservedHost,
  linksOfRows: readonly string[],
): boolean =>
  link !== undefined &&
  desired.deviceIndex !== undefined &&
  host.uplinks.includes(link.name) &&
  host.defaultLinks.some((name) => !linksOfRows.includes(name)) &&
  canBeTakenOver(desired, link, host);

/** Why a device must not be touched, whatever its row says; undefined when it may be. */
export const protectionOf = (
  { desired, device, link }: Subject,
  host: ObservedHost,
  { pciIds }: Settings,
): Finding | undefined => {
  if (isPrimary(desired))
    return finding('PrimaryInterface', 'Index 0 of network card 0 is the node’s own interface.');
  if (device !== undefined && !pciIds.includes('*') && !pciIds.includes(device.id))
    return finding(
      'UnsupportedDevice',
      `${device.address} is a ${device.id}, which is not among the PCI ids the agent may touch.`,
    );
  if (link !== undefined && host.uplinks.includes(link.name))
    return finding('DefaultRoute', `${link.name} carries the default route of the host.`);
  return undefined;
};
