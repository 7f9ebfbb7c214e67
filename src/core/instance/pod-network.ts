import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network.ts';

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
