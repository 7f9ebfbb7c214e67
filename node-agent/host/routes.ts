import { join } from 'node:path';
import { z } from 'zod';
import type { RouteTable } from '../agent/host.ts';
import type { RunCommand } from './command.ts';
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

/** `ip -j -6 route show default` (iproute2); a route by several links names each as a next hop. */
const routes6Schema = z.array(
  z.object({
    dev: z.string().optional(),
    metric: z.int().default(0),
    nexthops: z.array(z.object({ dev: z.string().default('') })).default([]),
  }),
);

const defaultsOf6 = (text: string): DefaultRoute[] =>
  routes6Schema.parse(JSON.parse(text === '' ? '[]' : text)).flatMap(({ dev, metric, nexthops }) =>
    [...(dev === undefined ? [] : [{ dev }]), ...nexthops].map((hop) => ({
      link: hop.dev,
      metric,
    })),
  );

const preferred = (routes: readonly DefaultRoute[]): readonly string[] => {
  const best = Math.min(...routes.map(({ metric }) => metric));
  return [...new Set(routes.filter(({ metric }) => metric === best).map(({ link }) => link))];
};

/**
 * The links of the default route that the host itself uses: of IPv4, and of IPv6 only where there is none of IPv4. Of
 * several, the one of the lowest metric: systemd-networkd gives each ENI that it configures a default route of its own
 * (metrics 512 and up, amazon-eks-ami), and router advertisements do so for IPv6, and those links are not the host's.
 */
export const createRouteTable = ({ proc }: Roots, run: RunCommand): RouteTable => {
  const defaults = async (): Promise<readonly DefaultRoute[]> => {
    const ipv4 = defaultsOf4((await readText(join(proc, 'net/route'))) ?? '');
    if (ipv4.length > 0) return ipv4;
    // /proc/net/ipv6_route has the routes of all tables, those that are only for some source addresses among them.
    return defaultsOf6(await run('ip', ['-j', '-6', 'route', 'show', 'default']));
  };
  return {
    async read() {
      const routes = await defaults();
      return { uplinks: preferred(routes), defaultLinks: routes.map(({ link }) => link) };
    },
  };
};
