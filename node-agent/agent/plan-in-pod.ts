import { finding } from './finding.ts';
import { linkInPodOf } from './holders.ts';
import type { PresentSubject } from './identity.ts';
import type { LinkInPod, ObservedHost } from './observed.ts';
import { missingInPod } from './plan-settings.ts';
import { type SlotPlan, slotPlan } from './slot-plan.ts';

/** What of a link in a pod is not as asked, in words; undefined when all is. */
const differenceInPod = (
  subject: PresentSubject,
  inPod: LinkInPod,
  host: ObservedHost,
): string | undefined => {
  const { managesLink, mtuBytes, settings, isAddressed } = subject.desired;
  if (!managesLink) return undefined;
  if (isAddressed) return 'without the addresses that it is to have on the host';
  if (mtuBytes !== undefined && mtuBytes !== inPod.mtuBytes)
    return `with an MTU of ${inPod.mtuBytes}; ${mtuBytes} is set when it comes back`;
  const packets = settings?.txQueueLength;
  if (packets !== undefined && packets !== inPod.txQueueLength)
    return `with a transmit queue of ${inPod.txQueueLength}; ${packets} is set when it comes back`;
  const missing = missingInPod(subject, host);
  return missing && `without ${missing}, which is set when it comes back`;
};

/** A link in a pod is the pod's: it is as asked if it is so already, and is put right when it comes back. */
export const planInPod = (
  subject: PresentSubject,
  holder: string,
  host: ObservedHost,
): SlotPlan => {
  const { device } = subject;
  const inPod = linkInPodOf(subject, host);
  if (inPod === undefined)
    return slotPlan(subject, {
      inUseBy: holder,
      finding: finding('InUse', `${holder} has ${device.address}, whose link cannot be read.`),
    });
  const difference = differenceInPod(subject, inPod, host);
  return slotPlan(subject, {
    inUseBy: holder,
    inPod,
    ...(difference !== undefined && {
      finding: finding('InUse', `${holder} has the link of ${device.address}, ${difference}.`),
    }),
  });
};
