import { sameJson } from '#core/json.ts';
import type { HostAction } from './actions.ts';
import type { DesiredAddresses } from './desired-addresses.ts';
import type { Subject } from './identity.ts';
import type { Link, Memory, ObservedHost, OwnRoute, OwnRule } from './observed.ts';

/** Of every subnet's router ("Subnet route tables", Amazon VPC User Guide: the link-local address FE80:ec2::1). */
const IPV6_GATEWAY = 'fe80:ec2::1';

interface Wanted {
  readonly addresses: readonly string[];
  readonly routes: readonly OwnRoute[];
  readonly rules: readonly OwnRule[];
}

const NOTHING: Wanted = { addresses: [], routes: [], rules: [] };

const givenTo = ({ desired: { macAddress } }: Subject, { given }: Memory): readonly string[] =>
  given?.[macAddress]?.addresses ?? [];

/** One that the link has been given stays, for as long as the ENI has it. */
const chosenIpv6 = ({ ipv6 }: DesiredAddresses, given: readonly string[]): string | undefined =>
  ipv6.find((address) => given.includes(`${address}/128`)) ?? ipv6[0];

/** What the link is to have while it is there for the host. */
const aimOf = (
  { desired: { addresses } }: Subject,
  link: string,
  given: readonly string[],
): Wanted => {
  if (addresses === undefined) return NOTHING;
  const { table, ipv4 } = addresses;
  const ipv6 = chosenIpv6(addresses, given);
  const prefixLength = ipv4?.subnet.split('/')[1];
  return {
    addresses: [
      ...(ipv4 ? [`${ipv4.address}/${prefixLength}`] : []),
      ...(ipv6 === undefined ? [] : [`${ipv6}/128`]),
    ],
    routes: [
      ...(ipv4
        ? ([
            { family: 'inet', table, destination: ipv4.subnet, link, source: ipv4.address },
            { family: 'inet', table, destination: 'default', link, gateway: ipv4.gateway },
          ] as const)
        : []),
      ...(ipv6 === undefined
        ? []
        : [
            {
              family: 'inet6',
              table,
              destination: 'default',
              link,
              gateway: IPV6_GATEWAY,
            } as const,
          ]),
    ],
    rules: [
      ...(ipv4 ? [{ family: 'inet', source: ipv4.address, table } as const] : []),
      ...(ipv6 === undefined ? [] : [{ family: 'inet6', source: ipv6, table } as const]),
    ],
  };
};

const isIn = <T>(all: readonly T[], one: T): boolean => all.some((other) => sameJson(other, one));

const bareOf = (address: string): string => address.split('/')[0] ?? '';

/**
 * What gives a link the addresses that it is asked for, and takes off those that it was given before. Packets that come from
 * them go by a routing table of their own, and the main table stays as it is: nothing else of the host or of its pods takes
 * another way.
 */
export const planAddresses = (
  subject: Subject,
  link: Link,
  { addressing, memory }: ObservedHost,
): HostAction[] => {
  if (addressing === undefined) return [];
  const { isReleasing, addresses: desired } = subject.desired;
  const given = givenTo(subject, memory);
  const aim = aimOf(subject, link.name, given);
  const wanted = isReleasing ? NOTHING : aim;
  const present = addressing.addresses[link.name] ?? [];
  const ours = [...aim.addresses, ...given];
  const isOurs = ({ source, table }: OwnRule) =>
    table === desired?.table || ours.map(bareOf).includes(source);
  return [
    ...addressing.rules
      .filter((rule) => isOurs(rule) && !isIn(wanted.rules, rule))
      .map((rule) => ({ type: 'remove-rule', rule }) as const),
    ...addressing.routes
      .filter((route) => route.link === link.name && !isIn(wanted.routes, route))
      .map((route) => ({ type: 'remove-route', route }) as const),
    ...present
      .filter((address) => ours.includes(address) && !wanted.addresses.includes(address))
      .map((address) => ({ type: 'remove-address', link: link.name, address }) as const),
    ...wanted.addresses
      .filter((address) => !present.includes(address))
      .map((address) => ({ type: 'add-address', link: link.name, address }) as const),
    ...wanted.routes
      .filter((route) => !isIn(addressing.routes, route))
      .map((route) => ({ type: 'set-route', route }) as const),
    ...wanted.rules
      .filter((rule) => !isIn(addressing.rules, rule))
      .map((rule) => ({ type: 'add-rule', rule }) as const),
  ];
};

/** What is left of the addresses of a link that is not there: its rules, which do not go with it. */
export const planRulesOf = (
  macAddress: string,
  { addressing, memory }: ObservedHost,
): HostAction[] =>
  (addressing?.rules ?? [])
    .filter(({ source }) => memory.given?.[macAddress]?.addresses.map(bareOf).includes(source))
    .map((rule) => ({ type: 'remove-rule', rule }));

/** The addresses that a link has been given, or is to be: what is to be remembered of them. */
export const addressesToRemember = (
  subject: Subject,
  { addressing, memory }: ObservedHost,
): readonly string[] => {
  const { link } = subject;
  const given = givenTo(subject, memory);
  if (link === undefined) return given;
  const wanted = aimOf(subject, link.name, given);
  const present = addressing?.addresses[link.name] ?? given;
  const sources = (addressing?.rules ?? []).map(({ source }) => source);
  const isThere = (address: string) =>
    present.includes(address) || sources.includes(bareOf(address));
  return [...new Set([...wanted.addresses, ...given.filter(isThere)])];
};
