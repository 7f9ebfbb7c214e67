import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LinkTable } from '../agent/host.ts';
import type { Link } from '../agent/observed.ts';
import { isPciAddress } from '../agent/pci-address.ts';
import type { RunCommand } from './command.ts';
import { isMissing } from './files.ts';
import { acceptsRouterAdvertisements, refuseRouterAdvertisements } from './link-sysctls.ts';
import type { Roots } from './roots.ts';
import type { IsSettled } from './udev.ts';

/** What is read of `ip -j -d link` (iproute2). */
const linkSchema = z.object({
  ifindex: z.int(),
  ifname: z.string(),
  flags: z.array(z.string()),
  mtu: z.int(),
  max_mtu: z.int().default(0),
  txqlen: z.int().default(0),
  address: z.string().default(''),
  /** Only there when it differs from the address. */
  permaddr: z.string().optional(),
  altnames: z.array(z.string()).default([]),
  /** Name of the link this one is stacked on, when that is in the same namespace. */
  link: z.string().nullish(),
  linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
});

type RawLink = z.infer<typeof linkSchema>;

const rawLinksSchema = z.array(z.union([linkSchema, z.object({}).strict()]));

const isLink = (link: RawLink | object): link is RawLink => 'ifindex' in link;

/** The device's folder lies below its bus: of virtio there is one more between it and the PCI device. */
const pciAddressIn = (path: string): string | undefined => path.split('/').findLast(isPciAddress);

const childrenOf = (name: string, all: readonly RawLink[]): string[] =>
  all
    .filter(({ link, linkinfo }) => link === name && linkinfo?.info_kind !== 'veth')
    .map(({ ifname }) => ifname);

/**
 * Links by the host's own `ip`. Those without a PCI device below (veths of pods, ipvlan, bridges, …) are only names
 * that are taken: children of a link have its MAC and must not be mistaken for it.
 */
export const createLinkTable = (
  { sysfs, proc }: Roots,
  run: RunCommand,
  isSettled: IsSettled,
): LinkTable => {
  const pciAddressOf = async (name: string): Promise<string | undefined> => {
    try {
      return pciAddressIn(await realpath(join(sysfs, 'class/net', name, 'device')));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };

  const linkOf = async (raw: RawLink, all: readonly RawLink[]): Promise<Link[]> => {
    const pciAddress = await pciAddressOf(raw.ifname);
    if (pciAddress === undefined) return [];
    return [
      {
        ifindex: raw.ifindex,
        name: raw.ifname,
        altNames: raw.altnames,
        macAddress: (raw.permaddr ?? raw.address).toLowerCase(),
        pciAddress,
        mtuBytes: raw.mtu,
        maxMtuBytes: raw.max_mtu,
        txQueueLength: raw.txqlen,
        isUp: raw.flags.includes('UP'),
        isSettled: await isSettled(raw.ifindex),
        acceptsRouterAdvertisements: await acceptsRouterAdvertisements(proc, raw.ifname),
        children: childrenOf(raw.ifname, all),
      },
    ];
  };

  const set = async (name: string, ...change: string[]): Promise<void> => {
    await run('ip', ['link', 'set', 'dev', name, ...change]);
  };
  const property = async (verb: 'add' | 'del', name: string, altName: string): Promise<void> => {
    await run('ip', ['link', 'property', verb, 'dev', name, 'altname', altName]);
  };

  return {
    async list() {
      const text = await run('ip', ['-j', '-d', 'link']);
      const all = rawLinksSchema.parse(JSON.parse(text === '' ? '[]' : text)).filter(isLink);
      const links = await Promise.all(all.map((raw) => linkOf(raw, all)));
      return {
        links: links.flat(),
        takenNames: all.flatMap(({ ifname, altnames }) => [ifname, ...altnames]),
      };
    },
    setMtu: (name, mtuBytes) => set(name, 'mtu', String(mtuBytes)),
    setTxQueueLength: (name, packets) => set(name, 'txqueuelen', String(packets)),
    setUp: (name) => set(name, 'up'),
    setDown: (name) => set(name, 'down'),
    async ignoreRouterAdvertisements(name) {
      await refuseRouterAdvertisements(proc, name);
      await run('ip', ['-6', 'route', 'flush', 'dev', name, 'proto', 'ra']);
    },
    addAltName: (name, altName) => property('add', name, altName),
    removeAltName: (name, altName) => property('del', name, altName),
  };
};
