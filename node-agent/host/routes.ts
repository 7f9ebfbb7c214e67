import { join } from 'node:path';
import type { RouteTable } from '../agent/host.ts';
import { readText } from './files.ts';
import type { Roots } from './roots.ts';

interface DefaultRoute {
  readonly link: string;
  readonly metric: number;
}

const fieldsOf = (text: string): string[][] =>
  text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(({ length }) => length > 1);

/** Iface, Destination, Gateway, Flags, RefCnt, Use, Metric, Mask, …; addresses in hex, the metric in decimal. */
const defaultsOf4 = (text: string): DefaultRoute[] =>
  fieldsOf(text)
    .filter(([, destination, , , , , , mask]) => destination === '00000000' && mask === '00000000')
    .map(([link = '', , , , , , metric]) => ({ link, metric: Number(metric) }));

/** Destination, its prefix length, source, its prefix length, next hop, metric, RefCnt, Use, flags, Iface; all hex. */
const defaultsOf6 = (text: string): DefaultRoute[] =>
  fieldsOf(text)
    .filter(([destination = '', length]) => /^0{32}$/.test(destination) && length === '00')
    .map((fields) => ({ link: fields[9] ?? '', metric: Number.parseInt(fields[5] ?? '', 16) }))
    .filter(({ link }) => link !== 'lo');

const preferred = (routes: readonly DefaultRoute[]): readonly string[] => {
  const best = Math.min(...routes.map(({ metric }) => metric));
  return [...new Set(routes.filter(({ metric }) => metric === best).map(({ link }) => link))];
};

/**
 * The links of the default route that the host itself uses: of IPv4, and of IPv6 only where there is none of IPv4. Of
 * several, the one of the lowest metric: systemd-networkd gives each ENI that it configures a default route of its own
 * (metrics 512 and up, amazon-eks-ami), and router advertisements do so for IPv6, and those links are not the host's.
 */
export const createRouteTable = ({ proc }: Roots): RouteTable => {
  const defaults = async (): Promise<readonly DefaultRoute[]> => {
    const ipv4 = defaultsOf4((await readText(join(proc, 'net/route'))) ?? '');
    if (ipv4.length > 0) return ipv4;
    return defaultsOf6((await readText(join(proc, 'net/ipv6_route'))) ?? '');
  };
  return {
    uplinks: async () => preferred(await defaults()),
    defaultLinks: async () => (await defaults()).map(({ link }) => link),
  };
};
