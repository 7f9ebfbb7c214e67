import { isInUse, isUsable } from './addresses.ts';
import { ec2Error } from './errors.ts';
import type { Ec2World, SimulatedInterface, SimulatedSubnet } from './model.ts';

/** The secondary addresses that somebody names for an ENI. */
export interface NamedAddresses {
  readonly eni: SimulatedInterface;
  readonly subnet: SimulatedSubnet;
  readonly addresses: readonly string[];
  readonly mayMove: boolean;
}

const holderOf = (
  world: Ec2World,
  subnet: SimulatedSubnet,
  address: string,
): SimulatedInterface | undefined =>
  [...world.interfaces.values()].find(
    ({ subnetId, secondaryPrivateIpAddresses }) =>
      subnetId === subnet.subnetId && secondaryPrivateIpAddresses.includes(address),
  );

/** Those that the ENI has not: what is named again stays. */
export const newAmong = ({ eni, addresses }: NamedAddresses): string[] => [
  ...new Set(addresses.filter((address) => !eni.secondaryPrivateIpAddresses.includes(address))),
];

/**
 * Gives an ENI the addresses that are named, all or none. One that another ENI has as a secondary address moves, if that is allowed
 * ("AllowReassignment", AssignPrivateIpAddresses); a primary address and one of a prefix never do. The words of the refusal are those that the
 * documentation of Ansible's ec2_eni shows.
 */
export const assignNamed = (world: Ec2World, named: NamedAddresses): void => {
  const { eni, subnet, mayMove } = named;
  const added = newAmong(named);
  const outside = added.find((address) => !isUsable(subnet, address));
  if (outside !== undefined)
    throw ec2Error('InvalidParameterValue', `${outside} is no address of ${subnet.subnetId}.`);
  const kept = added.filter((address) => {
    const isMovable = mayMove && holderOf(world, subnet, address) !== undefined;
    return isInUse(world, subnet, address) && !isMovable;
  });
  if (kept.length > 0)
    throw ec2Error(
      'InvalidParameterValue',
      `[${kept.join(', ')}] assigned, but move is not allowed.`,
    );
  for (const address of added) {
    const before = holderOf(world, subnet, address)?.secondaryPrivateIpAddresses;
    before?.splice(before.indexOf(address), 1);
    eni.secondaryPrivateIpAddresses.push(address);
  }
};
