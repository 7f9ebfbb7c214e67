import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { addressesOf } from '#core/instance/pod-network.ts';
import type { HostAction } from './actions.ts';
import { isInBlock } from './address-blocks.ts';
import { isKernelDriven } from './drivers.ts';
import { type Finding, finding } from './finding.ts';
import type { Subject } from './identity.ts';
import {
  fileNameOf,
  isDraft,
  masterNameOf,
  networkFileText,
  readNetworkFile,
} from './network-file.ts';
import { isOurs, pathOf, rivalOf, surroundings } from './network-surroundings.ts';
import type { NetworkFile, NetworkView, ObservedHost } from './observed.ts';
import type { SlotPlan } from './slot-plan.ts';

/** How the network of a slot stands. */
export interface NetworkPlan {
  /** Its file is written: a step of its own, which nothing of the link waits for. */
  readonly actions: readonly HostAction[];
  /** Why no pod gets it. */
  readonly finding?: Finding;
  /** Where its file is, as the host names it. */
  readonly path: string;
  /** How many pods it has addresses for. */
  readonly addresses: number;
  readonly addressesInUse: number;
}

/** By what name the network finds its link. One that is left to others has only its own. */
const masterOf = ({ desired, link }: Subject): string | undefined =>
  desired.managesLink ? masterNameOf(desired.eniId) : link?.name;

/** The device is there for pods; for ipvlan, its link is up and has the name that the file says. */
const isReachable = (subject: Subject): boolean => {
  const { desired, device, link } = subject;
  if (desired.podNetwork?.type !== 'ipvlan') return device !== undefined;
  const master = masterOf(subject) ?? '';
  return link?.isUp === true && [link.name, ...link.altNames].includes(master);
};

const isToBeOffered = (plan: SlotPlan): boolean => {
  const { desired, device, link, problem } = plan.subject;
  const { podNetwork } = desired;
  return (
    podNetwork !== undefined &&
    podNetwork.subnets.length > 0 &&
    !desired.isReleasing &&
    plan.isProtected !== true &&
    problem === undefined &&
    (podNetwork.type === 'ipvlan' ? link : device) !== undefined
  );
};

const textFor = (
  subject: Subject,
  network: PodNetworkRecord,
  { addressFolder }: NetworkView,
): string => {
  const { desired, device } = subject;
  const { eniId, macAddress, mtuBytes } = desired;
  const isForDpdk = device !== undefined && !isKernelDriven(device.driver);
  const master = masterOf(subject);
  return networkFileText({
    network,
    eniId,
    macAddress,
    addressFolder,
    ...(master !== undefined && { master }),
    ...(mtuBytes !== undefined && { mtuBytes }),
    ...(isForDpdk && { pciAddress: device.address }),
  });
};

/** A pod has one address of each family: the family of which most are taken says how many pods there are. */
const inUse = ({ name, subnets }: PodNetworkRecord, { reserved }: NetworkView): number => {
  const taken = reserved[name] ?? [];
  return Math.max(
    0,
    ...subnets.map(
      ({ ranges }) =>
        taken.filter((address) => ranges.some((block) => isInBlock(address, block))).length,
    ),
  );
};

/** Anything but what the network itself needs: its file is written when the link is, whatever a device plugin waits for. */
const isSettled = (plan: SlotPlan): boolean =>
  plan.finding === undefined && plan.actions.length === 0 && plan.preparations.length === 0;

const whyNotReady = (
  plan: SlotPlan,
  network: PodNetworkRecord,
  view: NetworkView,
): Finding | undefined => {
  const { desired } = plan.subject;
  if (desired.isReleasing)
    return plan.inUseBy === undefined
      ? finding('Releasing', 'The interface is to go, and its network is not offered any more.')
      : finding('InUse', `The network is not offered any more; ${plan.inUseBy} still has it.`);
  if (network.subnets.length === 0)
    return finding('NoRanges', `EC2 has told of no address of ${desired.eniId} for pods yet.`);
  const rival = rivalOf(network.name, view);
  if (rival !== undefined)
    return finding(
      'ForeignFile',
      `${pathOf(view, rival.name)} is not ours and has the network ${network.name}: it is left as it is.`,
    );
  if (view.problem !== undefined)
    return finding('FileNotWritten', `${view.folder} cannot be read: ${view.problem}.`);
  const around = surroundings(network, view);
  if (around !== undefined) return around;
  return isSettled(plan) && isReachable(plan.subject)
    ? undefined
    : finding(
        'LinkNotReady',
        plan.finding?.message ?? `The interface ${desired.eniId} is not as asked yet.`,
      );
};

const planNetwork = (plan: SlotPlan, network: PodNetworkRecord, view: NetworkView): NetworkPlan => {
  const name = fileNameOf(network.name);
  const text = textFor(plan.subject, network, view);
  const isThere = view.files.some((file) => file.name === name && file.text === text);
  const mayWrite =
    isToBeOffered(plan) && view.problem === undefined && rivalOf(network.name, view) === undefined;
  const why = whyNotReady(plan, network, view);
  return {
    path: pathOf(view, name),
    addresses: addressesOf(network),
    addressesInUse: inUse(network, view),
    actions: mayWrite && !isThere ? [{ type: 'write-network', file: name, text }] : [],
    ...(why && { finding: why }),
  };
};

/** The network of each slot, beside what is planned for its link. */
export const withNetworks = (plans: readonly SlotPlan[], { networks }: ObservedHost) =>
  plans.map((plan): SlotPlan => {
    const { podNetwork } = plan.subject.desired;
    return podNetwork === undefined || networks === undefined
      ? plan
      : { ...plan, network: planNetwork(plan, podNetwork, networks) };
  });

/**
 * The files of ours that no interface has any more, or none that is to be offered, and those in a folder of before: they go before
 * anything else is done, so that no pod gets a link that is on its way out. One that is only out of date is replaced.
 */
export const planWithdrawals = (
  plans: readonly SlotPlan[],
  { networks }: ObservedHost,
): readonly HostAction[] => {
  const wanted = plans
    .filter(isToBeOffered)
    .flatMap(({ subject }) => subject.desired.podNetwork ?? [])
    .map(({ name }) => fileNameOf(name));
  const isLeftOver = (file: NetworkFile): boolean => isDraft(file.name) || isOurs(file);
  const left = (networks?.left ?? [])
    .filter(isLeftOver)
    .map(({ name, folder }) => ({ type: 'remove-network', file: name, folder }) as const);
  const here = (networks?.files ?? [])
    .filter((file) => isLeftOver(file) && !wanted.includes(file.name))
    .map(({ name }) => ({ type: 'remove-network', file: name }) as const);
  return [...left, ...here];
};

/** True while a file still offers the interface to pods: until it is away the interface is kept. */
export const isOffered = ({ desired }: Subject, { networks }: ObservedHost): boolean =>
  [...(networks?.files ?? []), ...(networks?.left ?? [])].some(
    (file) => isOurs(file) && readNetworkFile(file.name, file.text).eniId === desired.eniId,
  );
