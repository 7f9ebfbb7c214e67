import type { NodeEni, NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { Fault } from '#core/instance/fault.ts';
import type { References, SecurityGroup, Subnet } from '#core/ports/cloud.ts';
import { beyond, lookedUp, tooMany, unique, vpcIdsOf } from './references.ts';

const allSecurityGroups = (spec: NodeEniSpec): References => ({
  ids: unique(spec.securityGroupIDs ?? []),
  names: unique(spec.securityGroupNames ?? []),
});

export const securityGroupReferences = (spec: NodeEniSpec): References =>
  lookedUp(allSecurityGroups(spec));

/** A group as the spec names it, with all that EC2 knows under that id or name. */
interface Named {
  readonly text: string;
  readonly isName: boolean;
  readonly groups: readonly SecurityGroup[];
}

const namedIn = (spec: NodeEniSpec, groups: readonly SecurityGroup[]): readonly Named[] => {
  const { ids, names } = securityGroupReferences(spec);
  return [
    ...ids.map((text) => ({
      text,
      isName: false,
      groups: groups.filter(({ groupId }) => groupId === text),
    })),
    ...names.map((text) => ({
      text,
      isName: true,
      groups: groups.filter(({ groupName, tags }) => groupName === text || tags.Name === text),
    })),
  ];
};

/**
 * What a reference stands for in a VPC: groups of that VPC before those that are associated with it, and group names before
 * Name tags, so that a namesake that comes later changes nothing.
 */
const usableIn = ({ text, isName, groups }: Named, vpcId: string): readonly SecurityGroup[] => {
  const own = groups.filter((group) => group.vpcId === vpcId);
  const associated = groups.filter(({ associatedVpcIds }) => associatedVpcIds?.includes(vpcId));
  const choices = [own, associated].flatMap((some) => [
    some.filter(({ groupName }) => !isName || groupName === text),
    some,
  ]);
  return choices.find(({ length }) => length > 0) ?? [];
};

const faultOf = (named: Named, vpcId: string, vpcIds: readonly string[]): Fault | undefined => {
  const { text, isName, groups } = named;
  const found = usableIn(named, vpcId);
  if (found.length > 1)
    return {
      reason: 'SecurityGroupAmbiguous',
      message: `"${text}" fits ${found.map(({ groupId }) => groupId).join(', ')} in ${vpcId}. Write the id you mean in securityGroupIDs.`,
    };
  if (groups.length === 0)
    return {
      reason: 'SecurityGroupNotFound',
      message: isName
        ? `No security group in ${vpcId} is named "${text}".`
        : `EC2 knows no security group ${text}. Check the id and the region.`,
    };
  // A group for the subnets of another VPC is no part of what is asked for in this one.
  if (vpcIds.some((id) => usableIn(named, id).length > 0)) return undefined;
  const homes = unique(groups.map((group) => group.vpcId)).join(', ');
  return {
    reason: 'InvalidSecurityGroups',
    message: `The security group ${text} lies in ${homes} and is not known to be associated with ${vpcId}, the VPC of the subnet. Associate it, or name one of that VPC.`,
  };
};

/** "Amazon VPC quotas": an account may be allowed this many groups for an interface, and never more. */
const MOST_GROUPS = 16;

/**
 * The group ids to use in the VPC of a subnet, sorted; an empty list when the spec asks for none, which leaves the choice to EC2
 * (the VPC's default group: "CreateNetworkInterface"). A group that is asked for is used, or is left to the subnets of another
 * VPC in the same spec, or is a fault. `vpcIds`: those of all subnets of the spec.
 */
export const resolveSecurityGroups = (
  spec: NodeEniSpec,
  groups: readonly SecurityGroup[],
  vpcId: string,
  vpcIds: readonly string[] = [vpcId],
): { readonly groupIds: readonly string[] } | { readonly fault: Fault } => {
  const surplus = beyond(allSecurityGroups(spec)).length;
  if (surplus > 0) return { fault: tooMany('security groups', surplus) };
  const all = namedIn(spec, groups);
  for (const named of all) {
    const fault = faultOf(named, vpcId, vpcIds);
    if (fault !== undefined) return { fault };
  }
  const used = all.flatMap((named) => usableIn(named, vpcId));
  const groupIds = unique(used.map(({ groupId }) => groupId)).sort();
  if (groupIds.length === 0 && all.length > 0)
    return {
      fault: {
        reason: 'InvalidSecurityGroups',
        message: `None of the security groups lies in ${vpcId}, the VPC of the subnet. Add one that does.`,
      },
    };
  if (groupIds.length > MOST_GROUPS)
    return {
      fault: {
        reason: 'TooManySecurityGroups',
        message: `${groupIds.length} security groups are asked for; an interface takes ${MOST_GROUPS} at most, and 5 unless the account's quota was raised.`,
      },
    };
  return { groupIds };
};

/** Groups of which it matters whether they are associated with a VPC that is not theirs; usually none. */
export const groupsAbroad = (
  nodeEnis: readonly NodeEni[],
  subnets: readonly Subnet[],
  groups: readonly SecurityGroup[],
): string[] =>
  unique(
    nodeEnis.flatMap(({ spec }) => {
      const vpcIds = vpcIdsOf(spec, subnets);
      return namedIn(spec, groups)
        .filter((named) => vpcIds.some((vpcId) => usableIn(named, vpcId).length === 0))
        .flatMap((named) => named.groups.map(({ groupId }) => groupId));
    }),
  );
