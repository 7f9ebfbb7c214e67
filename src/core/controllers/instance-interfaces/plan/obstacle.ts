import { CLUSTER_TAGS, clusterTagOf, isOfCluster } from '#core/apis/v1alpha1/names.ts';
import { report, type SlotPlan, type SlotReport } from '#core/instance/slot-plan.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import { addressFaults, attachFault } from './address-faults.ts';
import { ipv4Needed } from './addresses.ts';
import type { SlotInput } from './match.ts';

/** Addresses become free without anybody telling. */
const FULL_RECONCILE_SECONDS = 60;

/** Why a slot cannot have its interface now, and when that may have changed by itself. */
export interface Obstacle extends Pick<SlotPlan, 'requeueAfterSeconds'> {
  readonly report: SlotReport;
}

const failed = (reason: string, message: string): Obstacle => ({
  report: report('Failed', reason, message),
});

const clustersOf = ({ tags }: Instance): string[] =>
  Object.keys(tags).flatMap((key) =>
    key.startsWith(CLUSTER_TAGS) ? key.slice(CLUSTER_TAGS.length) : [],
  );

/** Our own policy lets us attach to instances with the cluster's tag and to no other (stacks/policies/ec2.ts, AtOurInstances). */
const notTagged = (instance: Instance, clusterName: string): string => {
  const others = clustersOf(instance);
  const whose = others.length === 0 ? '' : ` It has that of ${others.join(', ')}.`;
  return `${instance.instanceId} lacks the tag ${clusterTagOf(clusterName)}, without which nothing is made or attached for it.${whose} If it is a node of ${clusterName}, put the tag on the instance, and on what launches such ones, with the value owned or shared.`;
};

/** The subnet has fewer free IPv4 addresses than are asked of it; what an ENI has already is not asked again. */
const subnetFull = ({ desired, eni, room }: SlotInput): Obstacle | undefined => {
  const { subnetId, availableAddresses } = desired.subnet;
  const needed = ipv4Needed(desired, eni);
  const free = Math.max(0, room ?? availableAddresses);
  if (needed <= free) return undefined;
  const has =
    free === 0 ? 'no free address' : `${free} free addresses of ${needed} that are needed`;
  return {
    ...failed('SubnetFull', `${subnetId} has ${has}. Free some or use another subnet.`),
    requeueAfterSeconds: FULL_RECONCILE_SECONDS,
  };
};

/** What keeps an interface from being made or attached, known before any call. */
export const obstacle = (slotInput: SlotInput): Obstacle | undefined => {
  const { desired, allocation, observed, eni } = slotInput;
  const { instance, isTerminating, limits } = observed;
  if (instance?.operator !== undefined)
    return failed(
      'UnsupportedNode',
      `${instance.instanceId} is managed by ${instance.operator}, which lets nobody else attach interfaces.`,
    );
  if (isTerminating || !['pending', 'running', 'stopped'].includes(instance?.state ?? ''))
    return {
      report: report('Pending', 'InstanceEnding', 'The instance is stopping or terminating.'),
    };
  if (instance !== undefined && !isOfCluster(instance, observed.cluster.name))
    return failed('InstanceNotTagged', notTagged(instance, observed.cluster.name));
  if (allocation !== undefined && 'fault' in allocation)
    return failed(allocation.fault.reason, allocation.fault.message);
  const { ipv4, ipv6 } = addressFaults(desired, limits);
  const fault = eni === undefined ? (ipv4 ?? ipv6) : attachFault(eni, limits);
  if (fault !== undefined) return failed(fault.reason, fault.message);
  return eni === undefined ? subnetFull(slotInput) : undefined;
};

/** Of the addresses that an ENI lacks, those that EC2 will not give now, by family. */
export const growthObstacles = (
  slotInput: SlotInput,
  eni: NetworkInterface,
): Partial<Record<'ipv4' | 'ipv6', Obstacle>> => {
  const { desired, observed } = slotInput;
  const faults = addressFaults(desired, observed.limits);
  const { ipv6AddressCount = 0, ipv6PrefixCount = 0 } = desired.nodeEni.spec;
  const lacksIpv6 =
    ipv6AddressCount > eni.ipv6Addresses.length ||
    ipv6PrefixCount > (eni.ipv6Prefixes?.length ?? 0);
  const ipv4 = faults.ipv4 && failed(faults.ipv4.reason, faults.ipv4.message);
  const blocked = ipv4Needed(desired, eni) > 0 ? (ipv4 ?? subnetFull(slotInput)) : undefined;
  return {
    ...(blocked && { ipv4: blocked }),
    ...(lacksIpv6 && faults.ipv6 && { ipv6: failed(faults.ipv6.reason, faults.ipv6.message) }),
  };
};
