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

/** Most subnets or groups of one NodeENI that are looked up. Only one from before the API's own bound has more. */
const MOST_LOOKED_UP = 200;

const lookedUp = ({ ids, names }: References): References => ({
  ids: ids.slice(0, MOST_LOOKED_UP),
  names: names.slice(0, MOST_LOOKED_UP),
});

/** Those beyond what is looked up. */
const beyond = ({ ids, names }: References): readonly string[] => [
  ...ids.slice(MOST_LOOKED_UP),
  ...names.slice(MOST_LOOKED_UP),
];

const allSubnets = (spec: NodeEniSpec): References => ({
  ids: unique([spec.subnetID, ...(spec.subnetIDs ?? [])]),
  names: unique([spec.subnetName, ...(spec.subnetNames ?? [])]),
});

const allSecurityGroups = (spec: NodeEniSpec): References => ({
  ids: unique(spec.securityGroupIDs ?? []),
  names: unique(spec.securityGroupNames ?? []),
});

export const subnetReferences = (spec: NodeEniSpec): References => lookedUp(allSubnets(spec));

export const securityGroupReferences = (spec: NodeEniSpec): References =>
  lookedUp(allSecurityGroups(spec));

const notFound = (what: string): Fault => ({
  reason: 'SubnetNotFound',
  message: `${what}. Check the spelling, the region and the account.`,
});

const tooMany = (what: string, count: number): Fault => ({
  reason: 'InvalidSpec',
  message: `${count} ${what} too many: the first ${MOST_LOOKED_UP} of a list are looked up. Write those that you need.`,
});

/** How many of those that are alike are named. */
const MOST_NAMED = 4;

const isMissing = (
  reference: SubnetReference,
): reference is Extract<SubnetReference, { fault: Fault }> =>
  'fault' in reference && reference.fault.reason === 'SubnetNotFound';

/** All that are unknown are one reference, with the first few by name: a spec of wrong ids is one row on each node. */
const withOneMissing = (references: readonly SubnetReference[]): SubnetReference[] => {
  const [first, ...others] = references.filter(isMissing);
  if (first === undefined || others.length === 0) return [...references];
  const named = others.slice(0, MOST_NAMED - 1).map(({ text }) => text);
  const rest = others.length - named.length;
  const list = `${named.join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`;
  const message = `${first.fault.message} Nor is there any ${list}.`;
  return references.flatMap((reference) => {
    if (!isMissing(reference)) return reference;
    return reference === first ? { ...first, fault: { ...first.fault, message } } : [];
  });
};

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
  const [text, ...others] = beyond(allSubnets(spec));
  const once = resolved.filter(
    (reference, position) =>
      !('subnet' in reference) ||
      resolved.findIndex(
        (other) => 'subnet' in other && other.subnet.subnetId === reference.subnet.subnetId,
      ) === position,
  );
  return [
    ...withOneMissing(once),
    ...(text === undefined ? [] : [{ text, fault: tooMany('subnets', others.length + 1) }]),
  ];
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
  const surplus = beyond(allSecurityGroups(spec)).length;
  if (surplus > 0) return { fault: tooMany('security groups', surplus) };
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
