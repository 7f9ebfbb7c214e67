interface Route {
  readonly dst: string;
  readonly dev: string;
  readonly table: string;
  readonly gateway?: string;
  readonly prefsrc?: string;
}

interface Rule {
  readonly priority: number;
  readonly src: string;
  readonly table: string;
  readonly protocol?: string;
}

interface Routed {
  readonly route: Route;
  readonly protocol: string | undefined;
}

const after = (words: readonly string[], word: string): string | undefined => {
  const at = words.indexOf(word);
  return at === -1 ? undefined : words[at + 1];
};

/** The words of `ip` without those that it prints as they are. */
const routeOf = (words: readonly string[]): Route => ({
  dst: words[0] ?? '',
  dev: after(words, 'dev') ?? '',
  table: after(words, 'table') ?? 'main',
  ...(words.includes('via') && { gateway: after(words, 'via') ?? '' }),
  ...(words.includes('src') && { prefsrc: after(words, 'src') ?? '' }),
});

const isIpv6 = ({ dst, gateway = dst }: Route): boolean => gateway.includes(':');

const isSame = (left: Route, right: Route): boolean =>
  left.dst === right.dst && left.table === right.table && isIpv6(left) === isIpv6(right);

/** What `ip address`, `ip route` and `ip rule` of iproute2 6.1 do and print, for links that are up. */
export class FakeAddresses {
  /** Name of a link → its addresses. */
  readonly addresses = new Map<string, string[]>();
  readonly rules: Rule[] = [];
  readonly #routes: Routed[] = [];

  routesOf(table: string): readonly Route[] {
    return this.#routes.flatMap(({ route }) => (route.table === table ? [route] : []));
  }

  /** The kernel drops what a link had when the link goes, or goes down. */
  dropLink(name: string): void {
    this.addresses.delete(name);
    this.dropRoutes(name);
  }

  dropRoutes(name: string): void {
    const kept = this.#routes.filter(({ route }) => route.dev !== name);
    this.#routes.splice(0, this.#routes.length, ...kept);
  }

  show(words: readonly string[]): unknown {
    const text = words.join(' ');
    if (text === 'address')
      return [...this.addresses].map(([ifname, all]) => ({
        ifname,
        addr_info: all.map((address) => {
          const [local, prefixlen] = address.split('/');
          return { local, prefixlen: Number(prefixlen) };
        }),
      }));
    if (text === 'route show table all proto 110')
      return this.#routes.filter(({ protocol }) => protocol === '110').map(({ route }) => route);
    if (text === '-4 rule' || text === '-6 rule')
      return this.rules.filter(({ src }) => src.includes(':') === (words[0] === '-6'));
    return undefined;
  }

  /** True for a command that it knows. */
  change(words: readonly string[]): boolean {
    const [kind, verb, ...rest] = words.filter((word) => word !== '-4' && word !== '-6');
    if (kind === 'address') this.#changeAddress(verb, rest);
    else if (kind === 'route') this.#changeRoute(verb, rest);
    else if (kind === 'rule') this.#changeRule(verb, rest);
    else return false;
    return true;
  }

  #changeAddress(verb: string | undefined, [address = '', ...rest]: readonly string[]): void {
    const link = after(rest, 'dev') ?? '';
    const others = (this.addresses.get(link) ?? []).filter((known) => known !== address);
    this.addresses.set(link, verb === 'add' ? [...others, address] : others);
  }

  #changeRoute(verb: string | undefined, words: readonly string[]): void {
    const route = routeOf(words);
    const kept = this.#routes.filter((known) => !isSame(known.route, route));
    const added = verb === 'replace' ? [{ route, protocol: after(words, 'proto') }] : [];
    this.#routes.splice(0, this.#routes.length, ...kept, ...added);
  }

  #changeRule(verb: string | undefined, words: readonly string[]): void {
    const rule = {
      priority: Number(after(words, 'priority')),
      src: after(words, 'from') ?? '',
      table: after(words, 'lookup') ?? '',
      protocol: after(words, 'protocol') ?? '',
    };
    const kept = this.rules.filter(({ src, table }) => src !== rule.src || table !== rule.table);
    this.rules.splice(0, this.rules.length, ...kept, ...(verb === 'add' ? [rule] : []));
  }
}
