import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { Fault } from '#core/instance/fault.ts';
import type { Instance, References, Subnet } from '#core/ports/cloud.ts';

/** A subnet as the spec names it, in the order of the spec, with what it stands for in one VPC and zone. */
export type SubnetReference =
  | { readonly text: string; readonly subnet: Subnet }
  | { readonly text: string; readonly elsewhere: Fault }
  | { readonly text: string; readonly fault: Fault };

export const unique = (texts: readonly (string | undefined)[]): string[] => [
  ...new Set(texts.filter((text): text is string => text !== undefined && text !== '')),
];

/** Most subnets or groups of one NodeENI that are looked up. Only one from before the API's own bound has more. */
const MOST_LOOKED_UP = 200;

export const lookedUp = ({ ids, names }: References): References => ({
  ids: ids.slice(0, MOST_LOOKED_UP),
  names: names.slice(0, MOST_LOOKED_UP),
});

/** Those beyond what is looked up. */
export const beyond = ({ ids, names }: References): readonly string[] => [
  ...ids.slice(MOST_LOOKED_UP),
  ...names.slice(MOST_LOOKED_UP),
];

const allSubnets = (spec: NodeEniSpec): References => ({
  ids: unique([spec.subnetID, ...(spec.subnetIDs ?? [])]),
  names: unique([spec.subnetName, ...(spec.subnetNames ?? [])]),
});

export const subnetReferences = (spec: NodeEniSpec): References => lookedUp(allSubnets(spec));

const notFound = (what: string): Fault => ({
  reason: 'SubnetNotFound',
  message: `${what}. Check the spelling, the region and the account.`,
});

export const tooMany = (what: string, count: number): Fault => ({
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

/** Where an instance is: its subnets' Availability Zone, and the Outpost that hangs on it, if it runs on one. */
export type Place = Pick<Instance, 'vpcId' | 'zone' | 'outpostArn'>;

type VpcIds = readonly string[] | undefined;

const outpostName = (arn: string): string => `Outpost ${arn.slice(arn.lastIndexOf('/') + 1)}`;

const placeName = ({ zone, outpostArn }: Pick<Subnet, 'zone' | 'outpostArn'>): string =>
  outpostArn === undefined ? zone : `${outpostName(outpostArn)} in ${zone}`;

/**
 * An ENI is attached within one Availability Zone ("Network interface attachments", EC2 User Guide). An Outpost carries the name of
 * the zone it hangs on and is another place ("AWS Outposts subnets", Outposts User Guide); a Local Zone has a name of its own.
 */
const isHere = (subnet: Subnet, place: Place): boolean =>
  subnet.zone === place.zone && subnet.outpostArn === place.outpostArn;

const elsewhere = (text: string, subnets: readonly Subnet[], place: Place): Fault => {
  const where = unique(subnets.map(placeName)).join(', ');
  return subnets.some(({ zone }) => zone === place.zone)
    ? {
        reason: 'OtherOutpost',
        message: `${text} lies in ${where}, the node in ${placeName(place)}; an ENI cannot leave its Outpost or its region.`,
      }
    : {
        reason: 'OtherZone',
        message: `${text} lies in ${where}, the node in ${placeName(place)}; an ENI cannot leave its zone.`,
      };
};

/** What was meant is there, and the installation may make nothing in it. */
const notAllowed = (text: string, vpcId: string, allowed: readonly string[]): Fault => ({
  reason: 'VpcNotAllowed',
  message: `${text} lies in ${vpcId}, and this installation makes interfaces in ${allowed.join(', ')} only. Add the VPC to vpcIds and deploy again, or name a subnet of one of these.`,
});

const isAllowed = ({ vpcId }: Subnet, allowed: VpcIds): boolean =>
  allowed === undefined || allowed.includes(vpcId);

const byId =
  (subnets: readonly Subnet[], place: Place, allowed: VpcIds) =>
  (id: string): SubnetReference => {
    const subnet = subnets.find(({ subnetId }) => subnetId === id);
    if (subnet === undefined) return { text: id, fault: notFound(`EC2 knows no subnet ${id}`) };
    if (!isHere(subnet, place)) return { text: id, elsewhere: elsewhere(id, [subnet], place) };
    return isAllowed(subnet, allowed)
      ? { text: id, subnet }
      : { text: id, fault: notAllowed(id, subnet.vpcId, allowed ?? []) };
  };

/**
 * Those of the instance's own VPC, or, where it has none, those of the other VPCs of the installation: a subnet of the same name
 * anywhere else is someone else's.
 */
const named = (
  name: string,
  subnets: readonly Subnet[],
  { vpcId }: Place,
  allowed: VpcIds,
): readonly Subnet[] => {
  const all = subnets.filter(({ tags }) => tags.Name === name);
  const own = all.filter((subnet) => subnet.vpcId === vpcId && isAllowed(subnet, allowed));
  return own.length > 0 ? own : all.filter((subnet) => allowed?.includes(subnet.vpcId) === true);
};

const byName =
  (subnets: readonly Subnet[], place: Place, allowed: VpcIds) =>
  (name: string): SubnetReference => {
    const found = named(name, subnets, place, allowed);
    if (found.length === 0) {
      const vpcs = (allowed ?? [place.vpcId]).join(' or ');
      return { text: name, fault: notFound(`No subnet in ${vpcs} has the Name tag "${name}"`) };
    }

    const [subnet, ...others] = found.filter((candidate) => isHere(candidate, place));
    if (subnet === undefined) return { text: name, elsewhere: elsewhere(name, found, place) };
    if (others.length === 0) return { text: name, subnet };
    const ids = [subnet, ...others].map(({ subnetId }) => subnetId).join(', ');
    return {
      text: name,
      fault: {
        reason: 'SubnetAmbiguous',
        message: `The Name tag "${name}" fits ${ids} in ${placeName(place)}. Write the id you mean in subnetIDs.`,
      },
    };
  };

/**
 * What each subnet of the spec means for an instance in this VPC, zone and Outpost; one subnet appears once. `allowed`: the VPCs in
 * which the installation may make interfaces, where it was told.
 */
export const resolveSubnets = (
  spec: NodeEniSpec,
  subnets: readonly Subnet[],
  place: Place,
  allowed?: VpcIds,
): SubnetReference[] => {
  const { ids, names } = subnetReferences(spec);
  const resolved = [
    ...ids.map(byId(subnets, place, allowed)),
    ...names.map(byName(subnets, place, allowed)),
  ];
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

/** The VPCs of all subnets that the spec names, whatever zone they lie in. */
export const vpcIdsOf = (spec: NodeEniSpec, subnets: readonly Subnet[]): string[] => {
  const { ids, names } = subnetReferences(spec);
  return unique(
    subnets
      .filter(({ subnetId, tags }) => ids.includes(subnetId) || names.includes(tags.Name ?? ''))
      .map(({ vpcId }) => vpcId),
  );
};
