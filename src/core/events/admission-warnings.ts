import * as z from 'zod/mini';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';

const text = z.optional(z.string());
const texts = z.optional(z.array(z.string()));
const flag = z.optional(z.boolean());
const whole = z.optional(z.number());

/** The part of a spec about which a warning can be given; anything else in it is not looked at. */
export const warnedSpecSchema = z.object({
  subnetID: text,
  subnetIDs: texts,
  subnetName: text,
  subnetNames: texts,
  deviceIndex: whole,
  deviceIndexPolicy: text,
  deleteOnTermination: flag,
  mtu: whole,
  enableDPDK: flag,
  dpdkEnabled: flag,
  dpdkDriver: text,
  dpdkResourceName: text,
  dpdkPCIAddress: text,
  paused: flag,
} satisfies Partial<Record<keyof NodeEniSpec, unknown>>);

export type WarnedSpec = z.infer<typeof warnedSpecSchema>;

/** The largest frame EC2 carries ("Network MTU for your EC2 instance", Amazon EC2 User Guide). */
const LARGEST_MTU = 9001;

const listed = (one: string | undefined, many: readonly string[] | undefined): readonly string[] =>
  [one ?? '', ...(many ?? [])].filter((text) => text !== '');

const subnetWarnings = (spec: WarnedSpec): readonly (string | false)[] => {
  const ids = listed(spec.subnetID, spec.subnetIDs);
  const names = listed(spec.subnetName, spec.subnetNames);
  return [
    ids.length > 0 &&
      names.length > 0 &&
      'subnets are given by id and by name: a node gets an interface in each one of its zone',
    spec.dpdkPCIAddress !== undefined &&
      new Set([...ids, ...names]).size > 1 &&
      'dpdkPCIAddress is one device, but several subnets are given: write one NodeENI for each',
  ];
};

const deviceIndexWarning = ({
  deviceIndex,
  deviceIndexPolicy,
}: WarnedSpec): string | undefined | false => {
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

const dpdkWarnings = (spec: WarnedSpec): readonly (string | false)[] => {
  if (spec.enableDPDK === true || spec.dpdkEnabled === true) return [];
  const hasAddress = spec.dpdkPCIAddress !== undefined;
  return [
    spec.dpdkDriver !== undefined && 'dpdkDriver has no effect unless enableDPDK is true',
    spec.dpdkResourceName !== undefined &&
      !hasAddress &&
      'dpdkResourceName has no effect unless enableDPDK is true',
    hasAddress && 'without enableDPDK the device at dpdkPCIAddress is advertised, but not bound',
  ];
};

/**
 * What the writer of a NodeENI should know at once. Sentences of at most 120 characters, without a
 * "Warning:" before them ("Dynamic Admission Control", kubernetes.io).
 */
export const admissionWarnings = (spec: WarnedSpec): readonly string[] =>
  [
    ...subnetWarnings(spec),
    deviceIndexWarning(spec),
    (spec.mtu ?? 0) > LARGEST_MTU &&
      `mtu ${spec.mtu} is more than ${LARGEST_MTU}, the most EC2 carries`,
    ...dpdkWarnings(spec),
    spec.deleteOnTermination === false &&
      'deleteOnTermination is false: an interface outlives its node and goes with the NodeENI',
    spec.paused === true && 'paused is true: nothing is changed until it is false or taken out',
  ].filter((warning) => typeof warning === 'string');
