import { z } from 'zod';
import type { AddressTable } from '../agent/host.ts';
import type { OwnRoute, OwnRule } from '../agent/observed.ts';
import type { RunCommand } from './command.ts';

/**
 * Marks routes and rules as the agent's: a number that nobody else uses (/etc/iproute2/rt_protos), and that says so also after
 * the agent was started anew.
 */
const PROTOCOL = '110';

const addressesSchema = z.array(
  z.union([
    z.object({
      ifname: z.string(),
      addr_info: z.array(z.object({ local: z.string().default(''), prefixlen: z.int() })),
    }),
    z.object({}).strict(),
  ]),
);
const routesSchema = z.array(
  z.object({
    dst: z.string(),
    dev: z.string().default(''),
    table: z.coerce.number().default(254),
    gateway: z.string().exactOptional(),
    prefsrc: z.string().exactOptional(),
  }),
);
const rulesSchema = z.array(
  z.object({ src: z.string(), table: z.string().default(''), protocol: z.string().default('') }),
);

const familyOf = (address: string): OwnRoute['family'] =>
  address.includes(':') ? 'inet6' : 'inet';

const routeOf = ({ dst, dev, table, gateway, prefsrc }: z.infer<typeof routesSchema>[number]) => ({
  family: familyOf(gateway ?? dst),
  table,
  destination: dst,
  link: dev,
  ...(gateway !== undefined && { gateway }),
  ...(prefsrc !== undefined && { source: prefsrc }),
});

const flagOf = ({ family }: { readonly family: OwnRoute['family'] }): string =>
  family === 'inet6' ? '-6' : '-4';

const inRoute = ({ destination, link, table, gateway, source }: OwnRoute): string[] => [
  destination,
  ...(gateway === undefined ? ['scope', 'link'] : ['via', gateway]),
  ...['dev', link, 'table', `${table}`, 'proto', PROTOCOL],
  ...(source === undefined ? [] : ['src', source]),
];

/** The table's number is the rule's place too: after the rules of the VPC CNI, before those of the main table. */
const inRule = ({ source, table }: OwnRule): string[] => [
  ...['from', source, 'lookup', `${table}`, 'priority', `${table}`, 'protocol', PROTOCOL],
];

/** Addresses, routes and rules by the host's own `ip`. */
export const createAddressTable = (run: RunCommand): AddressTable => {
  const ip = async (...args: string[]): Promise<void> => {
    await run('ip', args);
  };
  const read = async <T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> => {
    const text = (await run('ip', ['-j', ...args])).trim();
    return schema.parse(JSON.parse(text === '' ? '[]' : text));
  };
  const rules = async (family: OwnRule['family']): Promise<readonly OwnRule[]> =>
    (await read(rulesSchema, flagOf({ family }), 'rule'))
      .filter(({ protocol }) => protocol === PROTOCOL)
      .map(({ src, table }) => ({ family, source: src, table: Number(table) }));

  return {
    async read() {
      const [links, routes, rules4, rules6] = await Promise.all([
        read(addressesSchema, 'address'),
        read(routesSchema, 'route', 'show', 'table', 'all', 'proto', PROTOCOL),
        rules('inet'),
        rules('inet6'),
      ]);
      return {
        addresses: Object.fromEntries(
          links.flatMap((link) =>
            'ifname' in link
              ? [
                  [
                    link.ifname,
                    link.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
                  ],
                ]
              : [],
          ),
        ),
        routes: routes.map(routeOf),
        rules: [...rules4, ...rules6],
      };
    },
    addAddress: (link, address) =>
      ip(
        ...['address', 'add', address, 'dev', link, 'noprefixroute'],
        // EC2 gives no address twice, and one under detection cannot be used.
        ...(familyOf(address) === 'inet6' ? ['nodad'] : []),
      ),
    removeAddress: (link, address) => ip('address', 'del', address, 'dev', link),
    setRoute: (route) => ip(flagOf(route), 'route', 'replace', ...inRoute(route)),
    removeRoute: (route) => ip(flagOf(route), 'route', 'del', ...inRoute(route)),
    addRule: (rule) => ip(flagOf(rule), 'rule', 'add', ...inRule(rule)),
    removeRule: (rule) => ip(flagOf(rule), 'rule', 'del', ...inRule(rule)),
  };
};
