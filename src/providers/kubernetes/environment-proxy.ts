import { BlockList, isIP } from 'node:net';

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

const isInRange = (host: string, range: string): boolean => {
  const [address = '', bits = ''] = range.split('/');
  const family = isIP(address);
  if (family === 0 || family !== isIP(host) || !/^\d{1,3}$/.test(bits)) return false;
  const list = new BlockList();
  const name = family === 6 ? 'ipv6' : 'ipv4';
  try {
    list.addSubnet(address, Number(bits), name);
  } catch {
    return false;
  }
  return list.check(host, name);
};

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** A name stands for itself and all below it; one that begins with a dot for those below only. */
const matchesEntry = (host: string, port: string, entry: string): boolean => {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInRange(host, entry);
  const [, text = entry, entryPort] =
    isIP(entry) === 6 ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (entryPort !== undefined && entryPort !== port) return false;
  const name = bare(text).replace(/^\*\./, '.');
  if (name.startsWith('.')) return host.endsWith(name);
  return host === name || (isIP(name) === 0 && host.endsWith(`.${name}`));
};

/**
 * The proxy that the environment names for a server, by the rules of kubectl, which are those of Go ("httpproxy.Config",
 * golang.org/x/net): HTTPS_PROXY or HTTP_PROXY by the scheme, in capitals or not, but for what NO_PROXY lists and for
 * this machine.
 */
export const environmentProxyFor = (server: string, env: NodeJS.ProcessEnv): string | undefined => {
  const url = URL.parse(server);
  if (url === null) return undefined;
  const isSecure = url.protocol === 'https:';
  const proxy = isSecure ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy;
  const host = bare(url.hostname);
  if (!proxy || isLoopback(host)) return undefined;
  const port = url.port || (isSecure ? '443' : '80');
  const entries = (env.NO_PROXY || env.no_proxy || '').toLowerCase().split(',');
  if (entries.some((entry) => entry.trim() !== '' && matchesEntry(host, port, entry.trim())))
    return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
};
