import { describe, expect, it, vi } from 'vitest';
import { createRouteTable } from '#node-agent/host/routes.ts';
import { hostFixture } from '../fixture.ts';
import { createScratchTree } from '../scratch-tree.ts';

const HEADER = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n';
const defaultBy = (link: string, metric: number) =>
  `${link}\t00000000\t0100000A\t0003\t0\t0\t${metric}\t00000000\n`;

const IPV6 = JSON.stringify([
  { dst: 'default', gateway: 'fe80::1', dev: 'ens9', protocol: 'ra', metric: 512, flags: [] },
  { dst: 'default', gateway: 'fe80::1', dev: 'ens10', protocol: 'ra', metric: 1024, flags: [] },
]);

const uplinksOf = async (ipv4: string | undefined, ipv6 = '[ ]') => {
  const tree = createScratchTree();
  if (ipv4 !== undefined) tree.file('proc/net/route', ipv4);
  // What `ip -j -6 route show default` prints: the main table, and no other.
  const { uplinks } = await createRouteTable(tree.roots, async () => ipv6).read();
  return uplinks;
};

describe('createRouteTable', () => {
  it('knows the host’s own link by the lowest metric', async () => {
    const uplinks = await uplinksOf(hostFixture('proc/route-al2023'), IPV6);

    expect(uplinks).toEqual(['ens5']);
  });

  it('takes IPv6 only where there is no default route of IPv4', async () => {
    await expect(uplinksOf(HEADER + defaultBy('ens5', 100), IPV6)).resolves.toEqual(['ens5']);
    await expect(uplinksOf(HEADER, IPV6)).resolves.toEqual(['ens9']);
  });

  it('takes each next hop of a route of IPv6 that has several', async () => {
    const hops = [{ dev: 'ens5' }, { dev: 'ens6' }];
    const route = { dst: 'default', metric: 1024, nexthops: hops };

    await expect(uplinksOf(HEADER, JSON.stringify([route]))).resolves.toEqual(['ens5', 'ens6']);
  });

  it('takes every link of several that are equally good', async () => {
    const routes = HEADER + defaultBy('eth0', 0) + defaultBy('eth1', 0) + defaultBy('eth0', 0);

    await expect(uplinksOf(routes)).resolves.toEqual(['eth0', 'eth1']);
  });

  it('does not take half a default for one', async () => {
    const half = `${HEADER}eth1\t00000000\t0100000A\t0003\t0\t0\t0\t00000080\n`;

    await expect(uplinksOf(half)).resolves.toEqual([]);
  });

  it('knows none on a host without routes', async () => {
    await expect(uplinksOf(undefined)).resolves.toEqual([]);
  });

  it('starts one program at most, and says of all links that have a default route', async () => {
    const tree = createScratchTree();
    tree.file('proc/net/route', HEADER);
    const run = vi.fn(async () => IPV6);

    const { uplinks, defaultLinks } = await createRouteTable(tree.roots, run).read();

    expect({ uplinks, defaultLinks }).toEqual({
      uplinks: ['ens9'],
      defaultLinks: ['ens9', 'ens10'],
    });
    expect(run).toHaveBeenCalledOnce();
  });
});
