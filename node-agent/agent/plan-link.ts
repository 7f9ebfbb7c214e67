import type { HostAction } from './actions.ts';
import { isKernelDriven } from './drivers.ts';
import { type Finding, finding } from './finding.ts';
import { holderOf } from './holders.ts';
import { identityOf, type PresentSubject, type Subject } from './identity.ts';
import type { Link, ObservedHost } from './observed.ts';
import { type SlotPlan, slotPlan } from './slot-plan.ts';

const altNameOf = (deviceIndex: number | undefined): string | undefined =>
  deviceIndex === undefined ? undefined : `eth${deviceIndex}`;

/** The alternative name of ours that the link has, if it does. */
export const ownAltName = ({ desired, link }: Subject): string | undefined => {
  const altName = altNameOf(desired.deviceIndex);
  return link?.altNames.find((name) => name === altName);
};

const planAltName = (subject: Subject, link: Link, host: ObservedHost) => {
  const altName = altNameOf(subject.desired.deviceIndex);
  if (altName === undefined || link.name === altName || link.altNames.includes(altName))
    return { actions: [], notes: [] };
  if (host.takenNames.includes(altName))
    return {
      actions: [],
      notes: [finding('AltNameTaken', `Another link is called ${altName}; use ${link.name}.`)],
    };
  const add: HostAction = { type: 'add-alt-name', link: link.name, altName };
  return { actions: [add], notes: [] };
};

const planNetworkFile = ({ desired }: Subject, link: Link, { network }: ObservedHost) => {
  const none = { actions: [], notes: [] };
  if (network === undefined || !network.managedIfindexes.includes(link.ifindex)) return none;
  if (network.files.includes(desired.eniId))
    return {
      actions: [],
      notes: [
        finding('StillManaged', `systemd-networkd manages ${link.name} in spite of our file.`),
      ],
    };
  if (!network.isWritable)
    return {
      actions: [],
      notes: [
        finding(
          'ReadOnlyHost',
          `systemd-networkd manages ${link.name}, and the host's /etc is read-only: what it changes is set back again.`,
        ),
      ],
    };
  const write: HostAction = {
    type: 'write-network-file',
    eniId: desired.eniId,
    macAddress: desired.macAddress,
  };
  return { actions: [write], notes: [] };
};

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

const planMissingLink = (subject: PresentSubject, holder: string | undefined) => {
  const { address, driver } = subject.device;
  if (isKernelDriven(driver))
    return holder === undefined
      ? slotPlan(subject, {
          finding: finding('LinkMissing', `${address} is driven by ${driver} and shows no link.`),
        })
      : slotPlan(subject, { inUseBy: holder });
  if (holder !== undefined)
    return slotPlan(subject, {
      inUseBy: holder,
      finding: finding('InUse', `${holder} uses ${address}, which is to go back to the kernel.`),
    });
  return slotPlan(subject, {
    actions: [{ type: 'restore-driver', device: identityOf(subject.device) }],
  });
};

/** What makes a device a link of the kernel that is up, with its MTU and its `eth<index>` name. */
export const planLink = (subject: PresentSubject, host: ObservedHost): SlotPlan => {
  const { desired, link } = subject;
  if (link === undefined) return planMissingLink(subject, holderOf(subject, host));
  if (!link.isSettled)
    return slotPlan(subject, {
      finding: finding('WaitingForUdev', `udev has not finished with ${link.name}.`),
    });
  if (!desired.managesLink) return slotPlan(subject);

  const file = planNetworkFile(subject, link, host);
  const altName = planAltName(subject, link, host);
  const beyond = mtuFinding(subject, link);
  return slotPlan(subject, {
    actions: [...file.actions, ...planLinkState(subject, link), ...altName.actions],
    notes: [...file.notes, ...altName.notes],
    ...(beyond && { finding: beyond }),
  });
};
