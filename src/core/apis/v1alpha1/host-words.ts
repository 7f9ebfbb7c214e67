import type { HostStatus, Slot } from './node-eni-state.ts';
import type { PodNetworkReport } from './pod-network-state.ts';

type Host = Readonly<Record<Slot, HostStatus>>;

/** Longer than anything an honest agent says; 500 rows of it stay below the API server's limit for one object. */
const MOST_CHARACTERS = 256;

/** "Condition v1 meta", Kubernetes API Reference: a reason is one word. */
const REASON = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/** Control and format characters: they could rewrite the terminal of whoever reads a status. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}]/gu;

/** The cut may go through a character, and half of one is not stored as it was written. */
const bounded = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.slice(0, MOST_CHARACTERS).toWellFormed().replaceAll(UNPRINTABLE, '\uFFFD')
    : value;

const boundedFields = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, bounded(value)])) as T;

/** Of a network whose reason is no word nothing is believed. */
const boundedNetwork = (network: PodNetworkReport): PodNetworkReport | undefined =>
  REASON.test(network.reason) ? boundedFields(network) : undefined;

const MOST_PARTS = 16;

const boundedParts = ({ generation, parts }: NonNullable<HostStatus['understood']>) => ({
  generation,
  parts: parts.slice(0, MOST_PARTS).map((part) => bounded(part) as string),
});

const boundedRow = ({ reason, podNetwork, understood, ...row }: HostStatus): HostStatus => {
  const network = podNetwork && boundedNetwork(podNetwork);
  return {
    ...boundedFields(row),
    ...(network && { podNetwork: network }),
    ...(understood && { understood: boundedParts(understood) }),
    ...(reason !== undefined && REASON.test(reason) && { reason }),
  };
};

/**
 * What agents say of their slots, cut to what may be shown: their words end up in the status of NodeENIs, next to the
 * rows of other nodes, and one agent in wrong hands must not make that object too large to be stored. A reason that is
 * not one word is left out. Which slots they speak of stays as it is.
 */
export const boundedHost = (host: Host): Host =>
  Object.fromEntries(Object.entries(host).map(([slot, row]) => [slot, boundedRow(row)]));
