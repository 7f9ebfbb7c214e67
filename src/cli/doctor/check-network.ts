import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { Instance, Subnet } from '#core/ports/cloud.ts';
import type { Check, Finding } from './finding.ts';
import { few } from './finding.ts';
import { matchedBy, type Patient } from './patient.ts';

const listed = (one: string | undefined, many: readonly string[] = []): readonly string[] => [
  ...new Set([...(one === undefined ? [] : [one]), ...many]),
];

const subnetsAsked = ({ spec }: NodeEni) => ({
  ids: listed(spec.subnetID, spec.subnetIDs),
  names: listed(spec.subnetName, spec.subnetNames),
});

const instancesOf = (nodeEni: NodeEni, patient: Patient): readonly Instance[] =>
  matchedBy(nodeEni, patient).flatMap(
    ({ instanceId = '' }) => patient.instances.get(instanceId) ?? [],
  );

const missing = (
  asked: { readonly ids: readonly string[]; readonly names: readonly string[] },
  found: readonly { readonly id: string; readonly names: readonly string[] }[],
): readonly string[] => [
  ...asked.ids.filter((id) => !found.some((each) => each.id === id)),
  ...asked.names.filter((name) => !found.some(({ names }) => names.includes(name))),
];

const missingFinding = (
  name: string,
  what: string,
  names: readonly string[],
): readonly Finding[] =>
  names.length === 0
    ? []
    : [
        {
          severity: 'error',
          what: `The NodeENI ${name} names ${what} that this region does not have: ${few(names)}.`,
          why: 'No interface is made without it.',
          mend: `kubectl edit nodeeni ${name}`,
        },
      ];

const zoneFindings = (
  name: string,
  subnets: readonly Subnet[],
  instances: readonly Instance[],
): readonly Finding[] => {
  const zones = new Set(subnets.map(({ zone }) => zone));
  const without = [...new Set(instances.map(({ zone }) => zone))].filter(
    (zone) => !zones.has(zone),
  );
  if (subnets.length === 0 || without.length === 0) return [];
  return [
    {
      severity: 'error',
      what: `The NodeENI ${name} selects nodes in ${without.join(', ')} and names no subnet there.`,
      why: 'An interface cannot leave its zone (NoSubnetInZone).',
      mend: `kubectl edit nodeeni ${name}`,
    },
  ];
};

/** Interfaces that are still to be made in each subnet: one for each instance of its zone, but for those that are made. */
const missingBySubnet = async (
  nodeEni: NodeEni,
  subnets: readonly Subnet[],
  patient: Patient,
): Promise<readonly { readonly subnet: Subnet; readonly interfaces: number }[]> => {
  const made = await patient.stores.enis.listForNodeEni(nodeEni.metadata.uid);
  const instances = instancesOf(nodeEni, patient);
  return subnets.map((subnet) => {
    const there = made.filter(({ subnetId }) => subnetId === subnet.subnetId).length;
    const served = instances.filter(({ zone }) => zone === subnet.zone).length;
    return { subnet, interfaces: Math.max(0, served - there) };
  });
};

/** Interfaces of a NodeENI that are still to be made, subnet by subnet. Throws `CallError`. */
export const missingIn = async (nodeEni: NodeEni, patient: Patient) =>
  missingBySubnet(nodeEni, await patient.stores.subnets.find(subnetsAsked(nodeEni)), patient);

const roomFindings = async (
  nodeEni: NodeEni,
  subnets: readonly Subnet[],
  patient: Patient,
): Promise<readonly Finding[]> => {
  const addresses = 1 + (nodeEni.spec.secondaryPrivateIPAddressCount ?? 0);
  const all = await missingBySubnet(nodeEni, subnets, patient);
  return all.flatMap(({ subnet, interfaces }): readonly Finding[] => {
    const needed = interfaces * addresses;
    if (subnet.cidr === undefined || needed <= subnet.availableAddresses) return [];
    return [
      {
        severity: 'error',
        what: `Subnet ${subnet.subnetId} has ${subnet.availableAddresses} free addresses, and ${nodeEni.metadata.name} needs ${needed} more.`,
        why: 'Some nodes get no interface (SubnetFull).',
        mend: 'Free addresses, or name a larger subnet of the zone.',
      },
    ];
  });
};

/** Whether the subnets that are named are there, in the zones of the nodes, and have room. */
export const subnetsCheck: Check<Patient> = {
  name: 'subnets',
  async find(patient) {
    const findings = patient.nodeEnis.items.map(async (nodeEni) => {
      const { name } = nodeEni.metadata;
      const asked = subnetsAsked(nodeEni);
      const subnets = await patient.stores.subnets.find(asked);
      const instances = instancesOf(nodeEni, patient);
      const found = subnets.map(({ subnetId, tags }) => ({
        id: subnetId,
        names: tags.Name === undefined ? [] : [tags.Name],
      }));
      return [
        ...missingFinding(name, 'subnets', missing(asked, found)),
        ...zoneFindings(name, subnets, instances),
        ...(await roomFindings(nodeEni, subnets, patient)),
      ];
    });
    return (await Promise.all(findings)).flat();
  },
};

/** Whether the security groups that are named are there. */
export const groupsCheck: Check<Patient> = {
  name: 'security groups',
  async find({ nodeEnis, stores }) {
    const findings = nodeEnis.items.map(async ({ metadata, spec }) => {
      const asked = { ids: spec.securityGroupIDs ?? [], names: spec.securityGroupNames ?? [] };
      const groups = await stores.securityGroups.find(asked);
      const found = groups.map(({ groupId, groupName, tags }) => ({
        id: groupId,
        names: [groupName, ...(tags.Name === undefined ? [] : [tags.Name])],
      }));
      return missingFinding(metadata.name, 'security groups', missing(asked, found));
    });
    return (await Promise.all(findings)).flat();
  },
};
