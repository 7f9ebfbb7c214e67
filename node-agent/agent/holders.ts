import { isKernelDriven } from './drivers.ts';
import type { Asked } from './host.ts';
import type { Subject } from './identity.ts';
import type { LinkInPod, ObservedHost } from './observed.ts';

/** Who uses a device: a program, a pod, or links stacked on its link in the host's own namespace. */
export const holderOf = ({ device, link }: Subject, host: ObservedHost): string | undefined => {
  const holder = device && host.holders[device.address];
  if (holder !== undefined) return holder.who;
  return link !== undefined && link.children.length > 0
    ? `the links ${link.children.join(', ')}`
    : undefined;
};

/** The link of a device as it is in a pod; undefined when it is in none. */
export const linkInPodOf = ({ device }: Subject, host: ObservedHost): LinkInPod | undefined =>
  device && host.holders[device.address]?.link;

const mayChangeDriver = ({ desired, device }: Subject): boolean =>
  desired.isReleasing || device?.driver !== desired.dpdkDriver;

/** The devices whose users must be known before a plan: reading all processes is dear, so no others are. */
export const devicesToAskAbout = (subjects: readonly Subject[]): readonly Asked[] =>
  subjects.flatMap((subject): readonly Asked[] => {
    const { desired, device, link, problem } = subject;
    const { macAddress } = desired;
    // A pod may have taken the link before the agent saw it.
    if (device === undefined) return problem === undefined ? [{ macAddress, nodes: [] }] : [];
    const isSettled =
      desired.dpdkDriver === undefined && link !== undefined && isKernelDriven(device.driver);
    // A link with the MAC in a pod would show that a presumed device is not the one.
    const isSure = subject.isPresumed !== true;
    if (!desired.isReleasing && isSure && (isSettled || !mayChangeDriver(subject))) return [];
    return [
      {
        address: device.address,
        macAddress,
        nodes: device.nodes,
        ...(link && { ifindex: link.ifindex }),
      },
    ];
  });
