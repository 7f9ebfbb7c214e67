import type { Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { AddressCounts, Subnet } from '#core/ports/cloud.ts';
import { ADDRESSES_PER_IPV4_PREFIX, ipv4Needed } from './addresses.ts';
import type { MatchedInterface } from './match.ts';

const ipv4Of = ({ secondaryPrivateIpAddressCount = 0, ipv4PrefixCount = 0 }: AddressCounts) =>
  secondaryPrivateIpAddressCount + ADDRESSES_PER_IPV4_PREFIX * ipv4PrefixCount;

const ipv4Taken = (action: InterfaceAction | undefined): number => {
  if (action?.type === 'create') return 1 + ipv4Of(action.parameters);
  return action?.type === 'assign-addresses' ? ipv4Of(action) : 0;
};

/** The free IPv4 addresses of each slot's subnet, less those that the slots before it are about to take. */
export const roomFor = (matched: readonly MatchedInterface[]): ReadonlyMap<Slot, number> => {
  const left = new Map<string, number>();
  return new Map(
    matched.map(({ desired, eni }) => {
      const { subnetId, availableAddresses } = desired.subnet;
      const room = left.get(subnetId) ?? availableAddresses;
      const needed = desired.nodeEni.spec.paused === true ? 0 : ipv4Needed(desired, eni);
      left.set(subnetId, needed <= room ? room - needed : room);
      return [desired.slot, room];
    }),
  );
};

/** The subnets as they are after these calls: what one of them takes is not there for the next. */
export const subnetsAfter = (
  subnets: readonly Subnet[],
  actions: readonly { readonly action: InterfaceAction; readonly subnetId: string | undefined }[],
): readonly Subnet[] => {
  const taken = new Map<string | undefined, number>();
  for (const { action, subnetId } of actions)
    taken.set(subnetId, (taken.get(subnetId) ?? 0) + ipv4Taken(action));
  return subnets.map((subnet) => {
    const count = taken.get(subnet.subnetId) ?? 0;
    return count === 0 || subnet.cidr === undefined
      ? subnet
      : { ...subnet, availableAddresses: subnet.availableAddresses - count };
  });
};
