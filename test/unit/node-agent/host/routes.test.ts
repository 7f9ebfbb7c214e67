import { describe, expect, it } from 'vitest';
import { createRouteTable } from '#node-agent/host/routes.ts';
import { hostFixture } from '../fixture.ts';
import { createScratchTree } from '../scratch-tree.ts';

const HEADER = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n';
const defaultBy = (link: string, metric: number) =>
  `${link}\t00000000\t0100000A\t0003\t0\t0\t${metric}\t00000000\n`;

const uplinksOf = (ipv4: string | undefined, ipv6?: string) => {
  const tree = createScratchTree();
  if (ipv4 !== undefined) tree.file('proc/net/route', ipv4);
  if (ipv6 !== undefined) tree.file('proc/net/ipv6_route', ipv6);
  return createRouteTable(tree.roots).uplinks();
};

describe('createRouteTable', () => {
  it('knows the host’s own link by the lowest metric', async () => {
    const uplinks = await uplinksOf(
      hostFixture('proc/route-al2023'),
      hostFixture('proc/ipv6_route'),
    );

    expect(uplinks).toEqual(['ens5']);
  });

  it('takes IPv6 only where there is no default route of IPv4', async () => {
    const ipv6 = hostFixture('proc/ipv6_route').replaceAll('ens5', 'ens9');

    await expect(uplinksOf(HEADER + defaultBy('ens5', 100), ipv6)).resolves.toEqual(['ens5']);
    await expect(uplinksOf(HEADER, ipv6)).resolves.toEqual(['ens9']);
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
});
