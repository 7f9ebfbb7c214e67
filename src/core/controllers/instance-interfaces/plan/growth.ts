import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { isConfigured } from '#core/host-report.ts';
import type { Purpose } from '#core/instance/interface-action.ts';
import { secondsSince, VISIBILITY_SECONDS } from '#core/instance/observed.ts';
import { addressesOf } from '#core/instance/pod-network.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { addressFaults } from './address-faults.ts';
import { ADDRESSES_PER_IPV4_PREFIX } from './addresses.ts';
import type { SlotInput } from './match.ts';
import { setbackFor, waitFor } from './waits.ts';

/** Pods may wait for the addresses, and EC2 mostly shows them by then. */
const SHOWN_AFTER_SECONDS = 5;

/** What comes of a network whose addresses run out: a call, or why there is none. */
interface Growth extends Pick<SlotPlan, 'action' | 'needs' | 'requeueAfterSeconds'> {
  readonly told: string;
}

const PURPOSE = 'grow-prefixes' satisfies Purpose;

/** True while IPv4 is what limits it: another prefix would bring no pod an address of the other family. */
const isLimitedByIpv4 = ({ subnets }: PodNetworkRecord): boolean => {
  const [ipv4, ...others] = subnets;
  return (
    ipv4 !== undefined &&
    !ipv4.cidr.includes(':') &&
    (others.length === 0 || addressesOf({ subnets: [ipv4] }) <= addressesOf({ subnets: others }))
  );
};

/** Addresses that are left by the word of the host about exactly what the record says; undefined while there is none. */
const leftOn = (record: SlotSpec, { desired, observed }: SlotInput): number | undefined => {
  const host = observed.state?.status?.host?.[desired.slot];
  if (!isConfigured(host, record) || host?.podNetwork === undefined) return undefined;
  return host.podNetwork.addresses - host.podNetwork.addressesInUse;
};

/** EC2 may not show yet what it gave: a call for a number that is made again gives as much again ("AssignPrivateIpAddresses"). */
const isUnderWay = ({ record, observed }: SlotInput, prefixes: number): boolean =>
  record?.growth !== undefined &&
  prefixes <= record.growth.from &&
  secondsSince(record.growth.at, observed.now) < VISIBILITY_SECONDS;

/** Why there is no further prefix, known before any call. */
const obstacleTo = (slotInput: SlotInput, prefixes: number): string | undefined => {
  const { desired, observed, room } = slotInput;
  const { nodeEni, subnet } = desired;
  const spec = { ...nodeEni.spec, ipv4PrefixCount: prefixes + 1 };
  const { ipv4 } = addressFaults({ nodeEni: { ...nodeEni, spec }, subnet }, observed.limits);
  if (ipv4 !== undefined) return ipv4.message;
  const free = room ?? subnet.availableAddresses;
  if (free < ADDRESSES_PER_IPV4_PREFIX)
    return `${subnet.subnetId} has ${free} free addresses, and a prefix takes ${ADDRESSES_PER_IPV4_PREFIX}.`;
  return waitFor(slotInput, PURPOSE) > 0 ? setbackFor(slotInput, PURPOSE)?.message : undefined;
};

/**
 * One more prefix for a network of which fewer addresses are left than `spare`: one call for 16 pods. Only where prefixes are asked
 * for; nothing is ever taken away. In: the record as it is by now, of which the host must speak. Undefined where there are
 * enough, or nobody has told.
 */
export const growthOf = (
  record: SlotSpec,
  slotInput: SlotInput,
  eni: NetworkInterface,
): Growth | undefined => {
  const { podNetwork } = record;
  const { ipv4PrefixCount = 0 } = slotInput.desired.nodeEni.spec;
  if (podNetwork?.type !== 'ipvlan' || ipv4PrefixCount === 0) return undefined;
  const { spare = 0 } = podNetwork;
  const left = leftOn(record, slotInput) ?? spare;
  if (left >= spare || !isLimitedByIpv4(podNetwork)) return undefined;
  const prefixes = eni.ipv4Prefixes?.length ?? 0;
  const few = `Fewer than ${spare} addresses are left for pods`;
  const obstacle = obstacleTo(slotInput, prefixes);
  if (obstacle !== undefined)
    return { needs: [PURPOSE], told: `${few}, and there is no further prefix: ${obstacle}` };
  const { slot } = slotInput.desired;
  const told = `${few}: it gets one more prefix.`;
  if (isUnderWay(slotInput, prefixes)) return { requeueAfterSeconds: SHOWN_AFTER_SECONDS, told };
  return {
    action: {
      ...{ type: 'assign-addresses', slot, eniId: eni.eniId },
      ...{ ipv4PrefixCount: 1, isGrowth: true },
    },
    told,
  };
};
