import type { DesiredInterface } from './desired.ts';
import { isKernelDriven } from './drivers.ts';
import { type Finding, finding } from './finding.ts';
import type { Link, ObservedHost, PciDevice, PciIdentity } from './observed.ts';

/** An interface that is asked for, and the device that it is on this host. */
export interface Subject {
  readonly desired: DesiredInterface;
  readonly device?: PciDevice;
  /** Absent while a program drives the device, or its link is in a pod. */
  readonly link?: Link;
  /** True for a device that nobody has seen with the ENI's MAC address: it was bound before the agent came. */
  readonly isPresumed?: true;
  /** Why its device is not known. */
  readonly problem?: Finding;
}

/** An interface whose device is there. */
export interface PresentSubject extends Subject {
  readonly device: PciDevice;
}

/** What a step needs to reach this device and no other. */
export const identityOf = ({ address, birth }: PciDevice): PciIdentity => ({ address, birth });

type Claims = Set<string>;

const byMac = (desired: DesiredInterface, host: ObservedHost): Subject | undefined => {
  const links = host.links.filter(({ macAddress }) => macAddress === desired.macAddress);
  const [link, second] = links;
  if (link === undefined) return undefined;
  if (second !== undefined)
    return {
      desired,
      problem: finding(
        'AmbiguousMac',
        `${links.map(({ name }) => name).join(' and ')} have the same MAC address ${desired.macAddress}; neither is touched.`,
      ),
    };
  const device = host.devices.find(({ address }) => address === link.pciAddress);
  return { desired, link, ...(device && { device }) };
};

/** Another device has come to the address. One that a program drives may have been there before the agent saw it. */
const isNewborn = ({ birth, driver }: PciDevice, remembered: string | undefined): boolean =>
  remembered !== undefined &&
  birth !== remembered &&
  (driver === undefined || isKernelDriven(driver));

// A device that shows another MAC is another ENI that was given the address since.
const byPciAddress = (desired: DesiredInterface, host: ObservedHost): Subject => {
  const address = host.memory.devices[desired.macAddress] ?? desired.lastPciAddress;
  const isAnothers = host.links.some(({ pciAddress }) => pciAddress === address);
  const birth = host.memory.births?.[desired.macAddress];
  const device = isAnothers
    ? undefined
    : host.devices.find((one) => one.address === address && !isNewborn(one, birth));
  return { desired, ...(device && { device }) };
};

/** A pod may have taken the link before the agent saw it. A device that is known to be another ENI's is not taken for it. */
const inPod = (desired: DesiredInterface, host: ObservedHost): Subject => {
  const { macAddress } = desired;
  const address = host.addressesInPods[macAddress];
  const isAnothers = Object.entries(host.memory.devices).some(
    ([known, at]) => at === address && known !== macAddress,
  );
  const device = isAnothers ? undefined : host.devices.find((one) => one.address === address);
  return { desired, ...(device && { device }) };
};

const unseen = (desired: DesiredInterface, host: ObservedHost): Subject => {
  const known = byPciAddress(desired, host);
  return known.device === undefined ? inPod(desired, host) : known;
};

/** Devices that drive no link and that nothing on this host knows as anybody's. */
const boundByOthers = (all: readonly DesiredInterface[], host: ObservedHost): PciDevice[] => {
  const known = [
    ...Object.values(host.memory.devices),
    ...host.links.map(({ pciAddress }) => pciAddress),
    ...all.map(({ lastPciAddress }) => lastPciAddress),
  ];
  return host.devices.filter(
    ({ address, driver }) =>
      driver !== undefined && !isKernelDriven(driver) && !known.includes(address),
  );
};

/**
 * The device of an interface for DPDK that was bound before the agent came, as the Go controller's agent binds: it shows no MAC,
 * and nothing remembers it. It is the one at the address where the user expects it; or, of an ENI that was there before the
 * controller, the only one that has the driver and that nobody knows, while no other interface is looked for. A device that an
 * ENI of our own brings comes with the kernel's driver, and is none of these.
 */
const boundBefore = (
  desired: DesiredInterface,
  missing: readonly DesiredInterface[],
  candidates: readonly PciDevice[],
): PciDevice | undefined => {
  const { dpdkDriver, expectedPciAddress } = desired;
  if (dpdkDriver === undefined) return undefined;
  if (expectedPciAddress !== undefined)
    return candidates.find(({ address }) => address === expectedPciAddress);
  const [only, ...others] = candidates.filter(({ driver }) => driver === dpdkDriver);
  return desired.isTakenOver && missing.length === 1 && others.length === 0 ? only : undefined;
};

const withBoundBefore = (subjects: readonly Subject[], host: ObservedHost): readonly Subject[] => {
  const missing = subjects.flatMap(({ desired, device, problem }) =>
    device === undefined && problem === undefined ? desired : [],
  );
  if (missing.length === 0) return subjects;
  const all = subjects.map(({ desired }) => desired);
  const candidates = boundByOthers(all, host);
  return subjects.map((subject) => {
    if (!missing.includes(subject.desired)) return subject;
    const device = boundBefore(subject.desired, missing, candidates);
    return device === undefined ? subject : { ...subject, device, isPresumed: true };
  });
};

const claimed = (subject: Subject, claims: Claims): Subject => {
  const address = subject.device?.address;
  if (address === undefined) return subject;
  if (!claims.has(address)) {
    claims.add(address);
    return subject;
  }
  return {
    desired: subject.desired,
    problem: finding('DeviceClaimed', `${address} is already the device of another interface.`),
  };
};

/**
 * Finds the device of every interface: by the MAC address its link shows, then by the PCI address it was last seen at, then
 * among the links of pods, then among the devices that were bound before the agent came.
 * Never by name. A device belongs to one interface only; those whose MAC is visible come first.
 */
export const identify = (
  desired: readonly DesiredInterface[],
  host: ObservedHost,
): readonly Subject[] => {
  const claims: Claims = new Set();
  const visible = new Map(
    desired.flatMap((one) => {
      const subject = byMac(one, host);
      return subject === undefined ? [] : [[one.slot, claimed(subject, claims)]];
    }),
  );
  const seen = desired.map((one) => visible.get(one.slot) ?? claimed(unseen(one, host), claims));
  return withBoundBefore(seen, host).map((subject) =>
    subject.isPresumed === true ? claimed(subject, claims) : subject,
  );
};
