import * as z from 'zod/mini';
import {
  COMPUTE_TYPE_LABEL,
  LABEL_PREFIX,
  UNSERVED_COMPUTE_TYPES,
} from '#core/apis/v1alpha1/names.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { contradictions, type Requirement, requirementsOf } from '#core/apis/v1alpha1/selector.ts';

const text = z.optional(z.string());
const texts = z.optional(z.array(z.string()));
const flag = z.optional(z.boolean());
const whole = z.optional(z.number());
const labels = z.optional(z.record(z.string(), z.string()));

/** The part of a spec about which a warning can be given; anything else in it is not looked at. */
export const warnedSpecSchema = z.object({
  nodeSelector: labels,
  selector: z.optional(
    z.object({
      matchLabels: labels,
      matchExpressions: z.optional(
        z.array(
          z.object({
            key: z.string(),
            operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
            values: texts,
          }),
        ),
      ),
    }),
  ),
  subnetID: text,
  subnetIDs: texts,
  subnetName: text,
  subnetNames: texts,
  securityGroupIDs: texts,
  securityGroupNames: texts,
  deviceIndex: whole,
  deviceIndexPolicy: text,
  networkCardIndex: whole,
  deleteOnTermination: flag,
  mtu: whole,
  enableDPDK: flag,
  dpdkEnabled: flag,
  dpdkDriver: text,
  dpdkResourceName: text,
  dpdkPCIAddress: text,
  secondaryPrivateIPAddressCount: whole,
  ipv6AddressCount: whole,
  ipv4PrefixCount: whole,
  ipv6PrefixCount: whole,
  linkMode: text,
  linkName: text,
  link: z.optional(z.record(z.string(), z.unknown())),
  podNetwork: z.optional(z.object({ type: text, mode: text, resourceName: text })),
  paused: flag,
} satisfies Partial<Record<keyof NodeEniSpec, unknown>>);

export type WarnedSpec = z.infer<typeof warnedSpecSchema>;

/** The largest frame EC2 carries ("Network MTU for your EC2 instance", Amazon EC2 User Guide). */
const LARGEST_MTU = 9001;

/** RFC 8200, section 5: the least MTU of IPv6. Linux takes IPv6 off a link below it (addrconf_notify, NETDEV_CHANGEMTU). */
const LEAST_IPV6_MTU = 1280;

/** "Amazon VPC quotas": security groups an interface, unless the account has raised it (16 at most). */
const USUAL_GROUPS = 5;

/** Above this only the largest types have the room ("IP addresses per network interface per instance type", EC2 User Guide). */
const USUAL_ADDRESSES = 29;

type Warnings = readonly (string | false | undefined)[];

const listed = (one: string | undefined, many: readonly string[] | undefined): readonly string[] =>
  [one ?? '', ...(many ?? [])].filter((text) => text !== '');

/** True for a requirement that only nodes meet to which nobody attaches an interface. */
const asksForUnserved = ({ key, operator, values = [] }: Requirement): boolean =>
  key === COMPUTE_TYPE_LABEL &&
  operator === 'In' &&
  values.length > 0 &&
  values.every((value) => UNSERVED_COMPUTE_TYPES.includes(value));

const selectorWarnings = (spec: WarnedSpec): Warnings => {
  const [contradiction] = contradictions(spec);
  const requirements = requirementsOf(spec);
  const unserved = requirements.find(asksForUnserved);
  return [
    contradiction !== undefined &&
      `no node can match: what is asked of the label ${contradiction.slice(0, 60)} contradicts itself`,
    requirements.some(({ key }) => key.startsWith(LABEL_PREFIX)) &&
      `a label ${LABEL_PREFIX}… is set and taken off by nodeeni: interfaces that depend on one come and go with it`,
    unserved?.values !== undefined &&
      `${COMPUTE_TYPE_LABEL} ${[...new Set(unserved.values)].join(' or ')} selects nodes to which nobody can attach an ENI`,
  ];
};

const subnetWarnings = (spec: WarnedSpec): Warnings => {
  const ids = listed(spec.subnetID, spec.subnetIDs);
  const names = listed(spec.subnetName, spec.subnetNames);
  return [
    ids.length > 0 &&
      names.length > 0 &&
      'subnets are given by id and by name: a node gets an interface in each one of its zone',
    ids.some((id) => !id.startsWith('subnet-')) &&
      'a subnet id does not begin with subnet-: Name tags belong into subnetNames',
    spec.dpdkPCIAddress !== undefined &&
      new Set([...ids, ...names]).size > 1 &&
      'dpdkPCIAddress is one device, but several subnets are given: write one NodeENI for each',
  ];
};

const groupWarnings = (spec: WarnedSpec): Warnings => {
  const ids = listed(undefined, spec.securityGroupIDs);
  const count = new Set([...ids, ...listed(undefined, spec.securityGroupNames)]).size;
  return [
    // "Groups", CreateNetworkInterface; in a shared VPC that group is the owner's, and the call is refused.
    count === 0 && 'no security group is given: the interfaces get the default group of the VPC',
    count > USUAL_GROUPS &&
      `${count} security groups: an interface takes ${USUAL_GROUPS}, unless the account's quota was raised`,
    ids.some((id) => !id.startsWith('sg-')) &&
      'a security group id does not begin with sg-: names belong into securityGroupNames',
  ];
};

const deviceIndexWarning = ({
  deviceIndex,
  deviceIndexPolicy,
  networkCardIndex = 0,
}: WarnedSpec): string | undefined | false => {
  // The primary interface and the VPC CNI's are on card 0.
  if (networkCardIndex > 0) return undefined;
  const instead =
    deviceIndexPolicy === 'Require'
      ? 'the interface waits until it is free'
      : 'the next free index is taken';
  if (deviceIndex === 0) return `deviceIndex 0 is the primary interface: ${instead}`;
  return (
    deviceIndex === 1 &&
    `deviceIndex 1 is often the VPC CNI's second ENI: ${instead}; write 2 or more`
  );
};

const isForDpdk = ({ enableDPDK, dpdkEnabled }: WarnedSpec): boolean =>
  enableDPDK === true || dpdkEnabled === true;

/** What is asked of a link of the kernel that nobody will do. */
const kernelLinkWarnings = (spec: WarnedSpec): Warnings => {
  const { link, linkName, linkMode } = spec;
  const hasNone =
    (isForDpdk(spec) && 'with DPDK: there is no link of the kernel') ||
    (linkMode === 'Unmanaged' && 'while linkMode is Unmanaged');
  return [
    hasNone && link !== undefined && `link has no effect ${hasNone}`,
    hasNone && linkName !== undefined && `linkName has no effect ${hasNone}`,
    linkMode === 'Addressed' && isForDpdk(spec) && 'linkMode Addressed has no effect with DPDK',
  ];
};

const linkWarnings = (spec: WarnedSpec): Warnings => {
  const { mtu = 0, ipv6AddressCount = 0, ipv6PrefixCount = 0 } = spec;
  return [
    mtu > LARGEST_MTU && `mtu ${mtu} is more than ${LARGEST_MTU}, the most EC2 carries`,
    mtu > 0 &&
      mtu < LEAST_IPV6_MTU &&
      ipv6AddressCount + ipv6PrefixCount > 0 &&
      `mtu ${mtu} is less than ${LEAST_IPV6_MTU}: the kernel takes IPv6 off such a link, and its addresses are of no use`,
    mtu > 0 &&
      spec.linkMode === 'Unmanaged' &&
      'mtu has no effect while linkMode is Unmanaged: nobody sets it on the host',
    mtu > 0 && isForDpdk(spec) && 'mtu has no effect with DPDK: the application sets it',
    ...kernelLinkWarnings(spec),
  ];
};

const ADDRESS_FIELDS = [
  ...(['secondaryPrivateIPAddressCount', 'ipv4PrefixCount'] as const),
  ...(['ipv6AddressCount', 'ipv6PrefixCount'] as const),
] as const;

const addressWarnings = (spec: WarnedSpec): Warnings =>
  ADDRESS_FIELDS.map((field) => {
    const count = spec[field] ?? 0;
    return (
      count > USUAL_ADDRESSES &&
      `${field} ${count} is more than most instance types take on one ENI`
    );
  });

const dpdkWarnings = (spec: WarnedSpec): Warnings => {
  if (isForDpdk(spec))
    return [
      spec.dpdkResourceName === undefined &&
        'enableDPDK without dpdkResourceName: the device is bound, and offered to no pod',
    ];
  const hasAddress = spec.dpdkPCIAddress !== undefined;
  return [
    spec.dpdkDriver !== undefined && 'dpdkDriver has no effect unless enableDPDK is true',
    (hasAddress || spec.dpdkResourceName !== undefined) &&
      'without enableDPDK the device is advertised, but not bound: pods get a link of the kernel',
  ];
};

const networkWarnings = ({ podNetwork, linkMode }: WarnedSpec): Warnings => {
  if (podNetwork === undefined) return [];
  const { type, mode, resourceName } = podNetwork;
  const isWhole = type === 'host-device';
  return [
    resourceName === undefined &&
      'podNetwork without resourceName: a pod may come to a node that has no address left for it',
    isWhole && mode !== 'l2' && mode !== undefined && 'mode has no effect with type host-device',
    isWhole &&
      linkMode === 'Addressed' &&
      'linkMode Addressed has no effect with type host-device: the addresses are those of the pod',
    linkMode === 'Unmanaged' &&
      'linkMode is Unmanaged: nobody keeps the link up on which podNetwork is built',
  ];
};

/**
 * What the writer of a NodeENI should know at once. Sentences of at most 120 characters, without a
 * "Warning:" before them ("Dynamic Admission Control", kubernetes.io).
 */
export const admissionWarnings = (spec: WarnedSpec): readonly string[] =>
  [
    ...selectorWarnings(spec),
    ...subnetWarnings(spec),
    ...groupWarnings(spec),
    deviceIndexWarning(spec),
    ...linkWarnings(spec),
    ...addressWarnings(spec),
    ...dpdkWarnings(spec),
    ...networkWarnings(spec),
    spec.deleteOnTermination === false &&
      'deleteOnTermination is false: an interface outlives its node and goes with the NodeENI',
    spec.paused === true && 'paused is true: nothing is changed until it is false or taken out',
  ].filter((warning) => typeof warning === 'string');
