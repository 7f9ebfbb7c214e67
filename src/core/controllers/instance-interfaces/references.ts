import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { References, SecurityGroup, Subnet } from '#core/ports/cloud.ts';

/** Why a reference cannot be used: a stable reason, and a sentence that says what to do. */
export interface Fault {
  readonly reason: string;
  readonly message: string;
}

/** A subnet as the spec names it, in the order of the spec, with what it stands for in one VPC and zone. */
export type SubnetReference =
  | { readonly text: string; readonly subnet: Subnet }
  | { readonly text: string; readonly otherZones: readonly string[] }
  | { readonly text: string; readonly fault: Fault };

const unique = (texts: readonly (string | undefined)[]): string[] => [
  ...new Set(texts.filter((text): text is string => text !== undefined && text !== '')),
];

export const subnetReferences = (spec: NodeEniSpec): References => ({
  ids: unique([spec.subnetID, ...(spec.subnetIDs ?? [])]),
  names: unique([spec.subnetName, ...(spec.subnetNames ?? [])]),
});

export const securityGroupReferences = (spec: NodeEniSpec): References => ({
  ids: unique(spec.securityGroupIDs ?? []),
  names: unique(spec.securityGroupNames ?? []),
});

const notFound = (what: string): Fault => ({
  reason: 'SubnetNotFound',
  message: `${what}. Check the spelling, the region and the account.`,
});

const byId =
  (subnets: readonly Subnet[], zone: string) =>
  (id: string): SubnetReference => {
    const subnet = subnets.find(({ subnetId }) => subnetId === id);
    if (subnet === undefined) return { text: id, fault: notFound(`EC2 knows no subnet ${id}`) };
    return subnet.zone === zone ? { text: id, subnet } : { text: id, otherZones: [subnet.zone] };
  };

// Names are looked up in the instance's own VPC only: a subnet of the same name elsewhere is someone else's.
const byName =
  (subnets: readonly Subnet[], vpcId: string, zone: string) =>
  (name: string): SubnetReference => {
    const named = subnets.filter((subnet) => subnet.tags.Name === name && subnet.vpcId === vpcId);
    if (named.length === 0)
      return { text: name, fault: notFound(`No subnet in ${vpcId} has the Name tag "${name}"`) };

    const [subnet, ...others] = named.filter((candidate) => candidate.zone === zone);
    if (subnet === undefined) return { text: name, otherZones: unique(named.map((s) => s.zone)) };
    if (others.length === 0) return { text: name, subnet };
    const ids = [subnet, ...others].map(({ subnetId }) => subnetId).join(', ');
    return {
      text: name,
      fault: {
        reason: 'SubnetAmbiguous',
        message: `The Name tag "${name}" fits ${ids} in ${zone}. Write the id you mean in subnetIDs.`,
      },
    };
  };

/** What each subnet of the spec means for an instance in this VPC and zone; one subnet appears once. */
export const resolveSubnets = (
  spec: NodeEniSpec,
  subnets: readonly Subnet[],
  { vpcId, zone }: { readonly vpcId: string; readonly zone: string },
): SubnetReference[] => {
  const { ids, names } = subnetReferences(spec);
  const resolved = [...ids.map(byId(subnets, zone)), ...names.map(byName(subnets, vpcId, zone))];
  return resolved.filter(
    (reference, position) =>
      !('subnet' in reference) ||
      resolved.findIndex(
        (other) => 'subnet' in other && other.subnet.subnetId === reference.subnet.subnetId,
      ) === position,
  );
};

const groupFault = (reason: string, message: string): Fault => ({ reason, message });

const groupsByName = (
  name: string,
  groups: readonly SecurityGroup[],
  vpcId: string,
): readonly SecurityGroup[] => {
  const inVpc = groups.filter((group) => group.vpcId === vpcId);
  const named = inVpc.filter(({ groupName }) => groupName === name);
  return named.length > 0 ? named : inVpc.filter(({ tags }) => tags.Name === name);
};

/**
 * The group ids to use in the VPC of a subnet, sorted; an empty list when the spec asks for none, which leaves
 * the choice to EC2 (the VPC's default group: "CreateNetworkInterface").
 */
export const resolveSecurityGroups = (
  spec: NodeEniSpec,
  groups: readonly SecurityGroup[],
  vpcId: string,
): { readonly groupIds: readonly string[] } | { readonly fault: Fault } => {
  const { ids, names } = securityGroupReferences(spec);
  const unknown = ids.find((id) => !groups.some(({ groupId }) => groupId === id));
  if (unknown !== undefined)
    return {
      fault: groupFault(
        'SecurityGroupNotFound',
        `EC2 knows no security group ${unknown}. Check the id and the region.`,
      ),
    };

  const named = names.map((name) => ({ name, found: groupsByName(name, groups, vpcId) }));
  const ambiguous = named.find(({ found }) => found.length > 1);
  if (ambiguous !== undefined)
    return {
      fault: groupFault(
        'SecurityGroupAmbiguous',
        `"${ambiguous.name}" fits ${ambiguous.found.map(({ groupId }) => groupId).join(', ')} in ${vpcId}. Write the id you mean in securityGroupIDs.`,
      ),
    };
  const nameless = named.find(
    ({ name }) => !groups.some((group) => group.groupName === name || group.tags.Name === name),
  );
  if (nameless !== undefined)
    return {
      fault: groupFault(
        'SecurityGroupNotFound',
        `No security group in ${vpcId} is named "${nameless.name}".`,
      ),
    };

  const usable = unique([
    ...ids.filter((id) =>
      groups.some(({ groupId, vpcId: home }) => groupId === id && home === vpcId),
    ),
    ...named.flatMap(({ found }) => found.map(({ groupId }) => groupId)),
  ]).sort();
  if (usable.length === 0 && ids.length + names.length > 0)
    return {
      fault: groupFault(
        'InvalidSecurityGroups',
        `None of the security groups lies in ${vpcId}, the VPC of the subnet. Add one that does.`,
      ),
    };
  return { groupIds: usable };
};
