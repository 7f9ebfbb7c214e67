import type { HostAction } from './actions.ts';
import { isKernelDriven } from './drivers.ts';
import { type Finding, finding } from './finding.ts';
import { holderOf, linkInPodOf } from './holders.ts';
import { identityOf, type PresentSubject, type Subject } from './identity.ts';
import type { Link, ObservedHost } from './observed.ts';
import { planTakeOver } from './plan-managers.ts';
import { planNames } from './plan-names.ts';
import { type SlotPlan, slotPlan } from './slot-plan.ts';

/** True when the driver refuses the MTU in any case, so that asking is no use. */
const isMtuBeyond = (mtuBytes: number | undefined, { maxMtuBytes }: Link): boolean =>
  mtuBytes !== undefined && maxMtuBytes > 0 && mtuBytes > maxMtuBytes;

const planLinkState = ({ desired: { mtuBytes } }: Subject, link: Link): HostAction[] => [
  // Before the link is up, and so before a pod's child copies the MTU or is limited by it.
  ...(mtuBytes !== undefined && mtuBytes !== link.mtuBytes && !isMtuBeyond(mtuBytes, link)
    ? [{ type: 'set-mtu', link: link.name, mtuBytes } as const]
    : []),
  ...(link.isUp ? [] : [{ type: 'set-up', link: link.name } as const]),
];

const mtuFinding = ({ desired: { mtuBytes } }: Subject, link: Link): Finding | undefined =>
  isMtuBeyond(mtuBytes, link)
    ? finding(
        'MtuTooLarge',
        `The driver of ${link.name} takes an MTU of at most ${link.maxMtuBytes}, and ${mtuBytes} is asked for.`,
      )
    : undefined;

/** A link in a pod is the pod's: it is as asked if it is so already, and is put right when it comes back. */
const planInPod = (subject: PresentSubject, holder: string, host: ObservedHost): SlotPlan => {
  const { desired, device } = subject;
  const inPod = linkInPodOf(subject, host);
  if (inPod === undefined)
    return slotPlan(subject, {
      inUseBy: holder,
      finding: finding('InUse', `${holder} has ${device.address}, whose link cannot be read.`),
    });
  const { mtuBytes } = inPod;
  const isAsAsked =
    !desired.managesLink || desired.mtuBytes === undefined || desired.mtuBytes === mtuBytes;
  return slotPlan(subject, {
    inUseBy: holder,
    mtuBytesInPod: mtuBytes,
    ...(!isAsAsked && {
      finding: finding(
        'InUse',
        `${holder} has the link of ${device.address}, with an MTU of ${mtuBytes}; ${desired.mtuBytes} is set when it comes back.`,
      ),
    }),
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
  if (holder !== undefined)
    return slotPlan(subject, {
      inUseBy: holder,
      finding: finding('InUse', `${holder} uses ${address}, which is to go back to the kernel.`),
    });
  return slotPlan(subject, {
    actions: [{ type: 'restore-driver', device: identityOf(subject.device) }],
  });
};

/** What makes a device a link of the kernel that is up, with its MTU and its names, and that nobody else configures. */
export const planLink = (subject: PresentSubject, host: ObservedHost): SlotPlan => {
  const { desired, link } = subject;
  if (link === undefined) return planMissingLink(subject, host);
  if (!link.isSettled)
    return slotPlan(subject, {
      finding: finding('WaitingForUdev', `udev has not finished with ${link.name}.`),
    });
  if (!desired.managesLink) return slotPlan(subject);

  const { takeOver, notes } = planTakeOver(subject, link, host);
  const names = planNames(subject, link, host);
  const beyond = mtuFinding(subject, link);
  return slotPlan(subject, {
    preparations: [
      ...takeOver,
      // The kernel would make a default route of the subnet's router.
      ...(link.acceptsRouterAdvertisements
        ? [{ type: 'ignore-router-advertisements', link: link.name } as const]
        : []),
    ],
    actions: [...planLinkState(subject, link), ...names.actions],
    notes: [...notes, ...names.notes],
    ...(beyond && { finding: beyond }),
  });
};
