import type { Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isKernelDriven } from './drivers.ts';
import { type Finding, finding } from './finding.ts';
import { normalPciAddress } from './pci-address.ts';
import type { ConfigReading, ForeignResource, OwnDevice } from './plugin-config.ts';
import { parseResourceName } from './resource-name.ts';
import type { SlotPlan } from './slot-plan.ts';

/** A device that the device plugin is to offer to pods. */
export interface Offer {
  readonly slot: Slot;
  readonly eniId: string;
  /** Prefix and name: `intel.com/sriov_dpdk`. */
  readonly resource: string;
  readonly pciAddress: string;
  /** The driver that pods are to find; before it has the device, the one that the configuration names. */
  readonly driver: string;
  readonly isReady: boolean;
}

export interface Offers {
  readonly offers: readonly Offer[];
  readonly findings: ReadonlyMap<Slot, Finding>;
  readonly notes: ReadonlyMap<Slot, readonly Finding[]>;
}

type Verdict =
  | { readonly offer: Offer }
  | { readonly finding: Finding }
  | { readonly note: Finding }
  | undefined;

/** An entry without a prefix gets the one that the plugin was started with, which nothing on the host shows. */
const mayBecome = ({ fullName, bareName }: ForeignResource, resource: string): boolean =>
  fullName === resource || bareName === resource.slice(resource.indexOf('/') + 1);

const conflictWith = (
  foreign: readonly ForeignResource[],
  { resource, pciAddress }: Offer,
): Verdict => {
  const lister = foreign.find(({ pciAddresses }) =>
    pciAddresses.some((address) => normalPciAddress(address) === pciAddress),
  );
  if (lister?.fullName === resource)
    return {
      note: finding('AdvertisedByUser', `An entry that is not ours offers it as ${resource}.`),
    };
  if (lister !== undefined)
    return {
      finding: finding(
        'AdvertisedElsewhere',
        `An entry that is not ours offers ${pciAddress} as ${lister.fullName}, not as ${resource}.`,
      ),
    };
  // The plugin ends at a name that comes twice (sriov-network-device-plugin, cmd/sriovdp).
  return foreign.some((entry) => mayBecome(entry, resource))
    ? {
        finding: finding(
          'ResourceNameTaken',
          `An entry that is not ours is already called ${resource}.`,
        ),
      }
    : undefined;
};

const isBarred = ({ isProtected, subject: { desired, device } }: SlotPlan): boolean =>
  isProtected === true ||
  desired.isReleasing ||
  device === undefined ||
  (desired.expectedPciAddress !== undefined && desired.expectedPciAddress !== device.address);

/** Our entry about a device, as the plugin has read it. */
const entryOf = (
  reading: ConfigReading,
  offer: Pick<Offer, 'resource' | 'pciAddress'>,
): OwnDevice | undefined =>
  reading.kind === 'corrupt'
    ? undefined
    : reading.own.find(
        ({ resource, pciAddress }) =>
          resource === offer.resource && pciAddress === offer.pciAddress,
      );

const driverFor = (
  { subject: { desired, device } }: SlotPlan,
  entry: OwnDevice | undefined,
): string | undefined => {
  if (desired.dpdkDriver !== undefined) return desired.dpdkDriver;
  if (isKernelDriven(device?.driver)) return device?.driver;
  // A pod that was given the device may drive it itself: without its entry the plugin would be restarted.
  return desired.managesLink ? undefined : entry?.driver;
};

const verdictOn = (plan: SlotPlan, reading: ConfigReading): Verdict => {
  const { desired, device } = plan.subject;
  if (desired.resourceName === undefined || device === undefined || isBarred(plan))
    return undefined;
  const name = parseResourceName(desired.resourceName);
  if (name === undefined)
    return {
      finding: finding(
        'InvalidResourceName',
        `${desired.resourceName} is no name of a resource; write name or prefix/name.`,
      ),
    };
  const place = { resource: `${name.prefix}/${name.name}`, pciAddress: device.address };
  const entry = entryOf(reading, place);
  const driver = driverFor(plan, entry);
  if (driver === undefined) return undefined;
  const isReady = device.driver === driver;
  const offer: Offer = { slot: desired.slot, eniId: desired.eniId, ...place, driver, isReady };
  if (reading.kind === 'corrupt') return { offer };
  const conflict = conflictWith(reading.foreign, offer);
  if (conflict !== undefined) return conflict;
  if (isReady) return { offer };
  // Added once it is ready; kept while it is not, since the driver in its entry keeps the plugin off it until then.
  return entry && { offer: { ...offer, driver: entry.driver } };
};

const has =
  <K extends string>(key: K) =>
  <V extends object>(
    entry: readonly [Slot, V],
  ): entry is readonly [Slot, Extract<V, Record<K, unknown>>] =>
    key in entry[1];

/** Which devices are to be offered under which name, and which cannot be, and why. */
export const offersOf = (slots: readonly SlotPlan[], reading: ConfigReading): Offers => {
  const verdicts = slots.flatMap((plan) => {
    const verdict = verdictOn(plan, reading);
    return verdict === undefined ? [] : [[plan.subject.desired.slot, verdict] as const];
  });
  return {
    offers: verdicts.filter(has('offer')).map(([, { offer }]) => offer),
    findings: new Map(verdicts.filter(has('finding')).map(([slot, one]) => [slot, one.finding])),
    notes: new Map(verdicts.filter(has('note')).map(([slot, { note }]) => [slot, [note]])),
  };
};
