import type { HostAction } from './actions.ts';
import { isKernelDriven } from './drivers.ts';
import { finding } from './finding.ts';
import { holderOf } from './holders.ts';
import { identityOf, type Subject } from './identity.ts';
import type { ObservedHost } from './observed.ts';
import { planAddresses } from './plan-addresses.ts';
import { planHandBack } from './plan-managers.ts';
import { ownAltNames } from './plan-names.ts';
import { type SlotPlan, slotPlan } from './slot-plan.ts';

const planGone = (subject: Subject, host: ObservedHost): SlotPlan =>
  slotPlan(subject, {
    actions: planHandBack(host, (eniId) => eniId === subject.desired.eniId),
  });

const planLinkRelease = (subject: Subject, host: ObservedHost): HostAction[] => {
  const { desired, link } = subject;
  if (link === undefined || !desired.managesLink) return [];
  return [
    ...planAddresses(subject, link, host),
    ...ownAltNames(subject, host).map(
      (altName) => ({ type: 'remove-alt-name', link: link.name, altName }) as const,
    ),
    ...(link.isUp ? [{ type: 'set-down', link: link.name } as const] : []),
  ];
};

/**
 * What lets go of a device: the kernel's driver is back, the link is down. Our files for the services of the
 * host stay until the device is gone, or they would set the link up again.
 */
export const planRelease = (subject: Subject, host: ObservedHost): SlotPlan => {
  const { device, link } = subject;
  if (device === undefined) return planGone(subject, host);
  const holder = holderOf(subject, host);
  if (holder !== undefined)
    return slotPlan(subject, {
      inUseBy: holder,
      finding: finding('InUse', `${holder} still uses ${device.address}.`),
    });
  if (!isKernelDriven(device.driver))
    return slotPlan(subject, {
      actions: [{ type: 'restore-driver', device: identityOf(device) }],
    });
  if (link?.isSettled === false)
    return slotPlan(subject, {
      finding: finding('WaitingForUdev', `udev has not finished with ${link.name}.`),
    });
  return slotPlan(subject, { actions: planLinkRelease(subject, host) });
};
