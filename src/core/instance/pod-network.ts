import { LABEL_PREFIX } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';

/** More pods than any node runs ("Building large clusters", kubernetes.io: 110; EKS goes to 737): an IPv6 prefix limits nobody. */
const MOST_PODS = 1_024;

const BITS = { ipv4: 32, ipv6: 128 };

/** How many addresses a block has (`10.0.64.32/28`: 16). */
const sizeOf = (block: string): number => {
  const length = Number(block.split('/')[1]);
  return 2 ** ((block.includes(':') ? BITS.ipv6 : BITS.ipv4) - length);
};

const sizeOfAll = (blocks: readonly string[]): number =>
  blocks.reduce((sum, block) => sum + sizeOf(block), 0);

/** How many pods a network has addresses for: each takes one of every family. At most 1,024. */
export const addressesOf = ({ subnets }: Pick<PodNetworkRecord, 'subnets'>): number =>
  subnets.length === 0 ? 0 : Math.min(MOST_PODS, ...subnets.map(({ ranges }) => sizeOfAll(ranges)));

type State = Pick<NodeEniState, 'spec'> | undefined;

/** A device plugin offers devices of these names, whatever their domain. */
const isOfDevices = (resourceName: string, state: State): boolean =>
  Object.values(state?.spec.interfaces ?? {}).some(
    ({ dpdk, resourceName: plain }) =>
      dpdk?.resourceName === resourceName || plain === resourceName,
  );

/** True for a name of our own domain that is no device's: nobody else offers it. */
export const isOwnName = (resourceName: string, state: State): boolean =>
  resourceName.startsWith(LABEL_PREFIX) && !isOfDevices(resourceName, state);

/**
 * True for a resource that may be set on a node: one that it has not, one that was set before, and one of our own domain, which
 * nobody else offers. Of another domain it may be a device plugin's.
 */
export const mayOffer = (
  resourceName: string,
  state: State,
  { extendedResources = {} }: Pick<ClusterNode, 'extendedResources'>,
): boolean =>
  !(resourceName in extendedResources) ||
  state?.spec.offeredResources?.includes(resourceName) === true ||
  isOwnName(resourceName, state);

/** True while the node offers addresses of the slot: a pod may come that is then without its interface. */
export const isStillOffered = (
  { podNetwork }: Pick<SlotSpec, 'podNetwork'>,
  state: State,
  node: Pick<ClusterNode, 'extendedResources'> | undefined,
): boolean => {
  const { resourceName } = podNetwork ?? {};
  if (resourceName === undefined || !state?.spec.offeredResources?.includes(resourceName))
    return false;
  return Number(node?.extendedResources?.[resourceName] ?? 0) > 0;
};
