import type { HostAction } from './actions.ts';
import { isKernelDriven } from './drivers.ts';
import { type Finding, finding } from './finding.ts';
import { holderOf } from './holders.ts';
import { identityOf, type PresentSubject, type Subject } from './identity.ts';
import type { Link, ObservedHost } from './observed.ts';
import { planAddresses } from './plan-addresses.ts';
import { planInPod } from './plan-in-pod.ts';
import { planHandBack, planTakeOver } from './plan-managers.ts';
import { planNames } from './plan-names.ts';
import { planSettings } from './plan-settings.ts';
import { type SlotPlan, slotPlan } from './slot-plan.ts';

/** True when the driver refuses the MTU in any case, so that asking is no use. */
const isMtuBeyond = (mtuBytes: number | undefined, { maxMtuBytes }: Link): boolean =>
  mtuBytes !== undefined && maxMtuBytes > 0 && mtuBytes > maxMtuBytes;

const planLinkState = (
  { desired: { mtuBytes, settings: { txQueueLength: packets } = {} } }: Subject,
  link: Link,
): HostAction[] => [
  // Before the link is up, and so before a pod's child copies the MTU or is limited by it.
  ...(mtuBytes !== undefined && mtuBytes !== link.mtuBytes && !isMtuBeyond(mtuBytes, link)
    ? [{ type: 'set-mtu', link: link.name, mtuBytes } as const]
    : []),
  ...(packets !== undefined && packets !== link.txQueueLength
    ? [{ type: 'set-tx-queue-length', link: link.name, packets } as const]
    : []),
  ...(link.isUp ? [] : [{ type: 'set-up', link: link.name } as const]),
];

const outOfReach = (
  { desired: { eniId, mtuBytes, isAddressed, addresses } }: Subject,
  link: Link,
): Finding | undefined => {
  if (isMtuBeyond(mtuBytes, link))
    return finding(
      'MtuTooLarge',
      `The driver of ${link.name} takes an MTU of at most ${link.maxMtuBytes}, and ${mtuBytes} is asked for.`,
    );
  return isAddressed && addresses === undefined
    ? finding('AddressUnknown', `EC2 has told of no address of ${eniId} yet.`)
    : undefined;
};

/** The agent gave the device its driver, or took it over with it. */
const isBoundByUs = ({ desired }: Subject, { memory }: ObservedHost): boolean =>
  memory.bound?.[desired.macAddress] !== undefined;

/** A pod may drive a device itself (CNI plugin host-device with DPDK): who asks for `Unmanaged` has it left as it is. */
const planLeftAlone = (subject: PresentSubject, holder: string | undefined): SlotPlan => {
  const { address, driver } = subject.device;
  if (driver === undefined)
    return slotPlan(subject, {
      finding: finding(
        'NoDriver',
        `${address} has no driver, and linkMode Unmanaged leaves that to whoever took it from the kernel.`,
      ),
    });
  return slotPlan(subject, {
    ...(holder !== undefined && { inUseBy: holder }),
    notes: [
      finding(
        'BoundByUser',
        `${address} is bound to ${driver}, not by the agent, and linkMode Unmanaged leaves it so.`,
      ),
    ],
  });
};

const planMissingLink = (subject: PresentSubject, host: ObservedHost): SlotPlan => {
  const { address, driver } = subject.device;
  const holder = holderOf(subject, host);
  if (isKernelDriven(driver))
    return holder === undefined
      ? slotPlan(subject, {
          finding: finding('LinkMissing', `${address} is driven by ${driver} and shows no link.`),
        })
      : planInPod(subject, holder, host);
  if (!subject.desired.managesLink && !isBoundByUs(subject, host))
    return planLeftAlone(subject, holder);
  if (holder !== undefined)
    return slotPlan(subject, {
      inUseBy: holder,
      finding: finding('InUse', `${holder} uses ${address}, which is to go back to the kernel.`),
    });
  return slotPlan(subject, {
    actions: [{ type: 'restore-driver', device: identityOf(subject.device) }],
  });
};

/** What gives a link back to the host's own services, if the agent has had it before. */
const planUnmanaged = (subject: PresentSubject, link: Link, host: ObservedHost): SlotPlan =>
  slotPlan(subject, {
    actions: [
      ...planAddresses(subject, link, host),
      ...planHandBack(host, (eniId) => eniId === subject.desired.eniId),
    ],
  });

/**
 * What makes a device a link of the kernel that is up, with its MTU, its names and settings, with its addresses if it is to
 * have any, and that nobody else configures.
 */
export const planLink = (subject: PresentSubject, host: ObservedHost): SlotPlan => {
  const { desired, link } = subject;
  if (link === undefined) return planMissingLink(subject, host);
  if (!link.isSettled)
    return slotPlan(subject, {
      finding: finding('WaitingForUdev', `udev has not finished with ${link.name}.`),
    });
  if (!desired.managesLink) return planUnmanaged(subject, link, host);

  const { takeOver, notes } = planTakeOver(subject, link, host);
  const names = planNames(subject, link, host);
  const beyond = outOfReach(subject, link);
  return slotPlan(subject, {
    preparations: [
      ...takeOver,
      // The kernel would make a default route of the subnet's router.
      ...(link.acceptsRouterAdvertisements
        ? [{ type: 'ignore-router-advertisements', link: link.name } as const]
        : []),
      ...planSettings(subject, link, host),
    ],
    actions: [
      ...planLinkState(subject, link),
      ...names.actions,
      ...planAddresses(subject, link, host),
    ],
    notes: [...notes, ...names.notes],
    ...(beyond && { finding: beyond }),
  });
};
