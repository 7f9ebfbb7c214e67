import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createNetworkHost, FILE, NETWORK, NETWORKS, PCI } from '../network-host.ts';

const DPDK = { dpdk: { driver: 'vfio-pci' } } as const;
const OWN = {
  ...{ name: 'user-plane', type: 'host-device' },
  subnets: [{ cidr: '10.0.64.0/24', gateway: '10.0.64.1', ranges: ['10.0.64.15/32'] }],
} as const;
const ownNetwork = () => structuredClone(OWN) as unknown as typeof NETWORK;

describe('a network for pods', () => {
  it('is a file for Multus, by which a pod gets an address of each family, with the mask of the subnet', async () => {
    const { ask, file, kernel } = createNetworkHost();

    const status = await ask(NETWORK);

    expect(file()).toEqual({
      cniVersion: '0.4.0',
      name: 'user-plane',
      nodeeni: { eni: 'eni-06' },
      plugins: [
        {
          type: 'ipvlan',
          master: 'neni06',
          mode: 'l2',
          mtu: 9001,
          capabilities: { ips: true },
          ipam: {
            type: 'host-local',
            dataDir: '/run/nodeeni/addresses',
            ranges: [
              [
                {
                  subnet: '10.0.64.0/24',
                  rangeStart: '10.0.64.32',
                  rangeEnd: '10.0.64.47',
                  gateway: '10.0.64.1',
                },
                {
                  subnet: '10.0.64.0/24',
                  rangeStart: '10.0.64.71',
                  rangeEnd: '10.0.64.71',
                  gateway: '10.0.64.1',
                },
              ],
              [
                {
                  subnet: '2600:1f14:abc:de00::/64',
                  rangeStart: '2600:1f14:abc:de00:1::',
                  rangeEnd: '2600:1f14:abc:de00:1:ffff:ffff:ffff',
                },
              ],
            ],
          },
        },
      ],
    });
    expect(status).toMatchObject({
      configured: true,
      podNetwork: {
        state: 'Ready',
        reason: 'Ready',
        message: '17 addresses for pods in /etc/cni/multus/net.d/00-nodeeni-user-plane.conflist.',
        addresses: 17,
        addressesInUse: 0,
      },
    });
    expect(kernel.linkOf(PCI)?.altNames).toContain('neni06');
  });

  it('has routes by the router of their family, or by the hop that is asked for', async () => {
    const { ask, file } = createNetworkHost();
    const routes = [
      { dst: '10.0.0.0/8' },
      { dst: '2600:1f14::/32' },
      { dst: '192.168.0.0/16', gw: '10.0.64.9' },
    ];

    await ask({ ...NETWORK, routes });

    expect(file().plugins[0].ipam.routes).toEqual([
      { dst: '10.0.0.0/8', gw: '10.0.64.1' },
      { dst: '2600:1f14::/32', gw: 'fe80:ec2::1' },
      { dst: '192.168.0.0/16', gw: '10.0.64.9' },
    ]);
  });

  it.each(['l3', 'l3s'] as const)('may have the mode %s, and the MTU of its link', async (mode) => {
    const { ask, file } = createNetworkHost();

    await ask({ ...NETWORK, mode }, { mtu: 0 });

    expect(file().plugins[0]).toMatchObject({ mode });
    expect(file().plugins[0]).not.toHaveProperty('mtu');
  });

  it('is the link itself for one pod, found by its MAC address, which may have the name of its index there', async () => {
    const { ask, file, kernel } = createNetworkHost();

    const status = await ask(ownNetwork());

    expect(file().plugins[0]).toMatchObject({
      ...{ type: 'host-device', hwaddr: '02:00:00:00:00:06' },
      ipam: { ranges: [[{ rangeStart: '10.0.64.15', rangeEnd: '10.0.64.15' }]] },
    });
    expect(file().plugins[0]).not.toHaveProperty('pciBusID');
    expect(kernel.linkOf(PCI)?.altNames).toEqual(['eni-06']);
    expect(status?.podNetwork).toMatchObject({ state: 'Ready', addresses: 1 });
  });

  it('is the device for a program of DPDK, found by its PCI address, once it is bound', async () => {
    const { ask, file, kernel } = createNetworkHost();
    kernel.setNoIommu('Y');

    const status = await ask(ownNetwork(), DPDK);

    expect(kernel.driverOf(PCI)).toBe('vfio-pci');
    expect(file().plugins[0]).toMatchObject({ type: 'host-device', pciBusID: PCI });
    expect(status?.podNetwork).toMatchObject({ state: 'Ready', addresses: 1 });
  });

  it('finds a link that is left to others by its own name', async () => {
    const { ask, file, kernel } = createNetworkHost();

    const whileDown = await ask(NETWORK, { linkMode: 'Unmanaged' });
    kernel.change(PCI, { isUp: true });
    const status = await ask(NETWORK, { linkMode: 'Unmanaged' });

    expect(whileDown?.podNetwork).toMatchObject({ state: 'NotReady', reason: 'LinkNotReady' });
    expect(file().plugins[0]).toMatchObject({ master: 'ens6' });
    expect(status?.podNetwork).toMatchObject({ state: 'Ready' });
  });

  it('keeps the addresses of pods off the link of the host', async () => {
    const { ask, kernel } = createNetworkHost();
    const host = {
      ...{ privateIpAddress: '10.0.64.15', subnetCidr: '10.0.64.0/24', gateway: '10.0.64.1' },
      ipv6Addresses: ['2600:1f14:abc:de00:1::9', '2600:1f14:abc:de00::9'],
    };

    await ask(NETWORK, { linkMode: 'Addressed', ...host });
    const shared = kernel.addresses.addresses.get('ens6');
    await ask(ownNetwork(), { linkMode: 'Addressed', ...host });

    expect(shared).toEqual(['10.0.64.15/24', '2600:1f14:abc:de00::9/128']);
    expect(kernel.addresses.addresses.get('ens6')).toEqual([]);
  });
});

describe('the addresses in use', () => {
  it('are counted by the notes of host-local: one of each family is one pod', async () => {
    const { ask, take, tree } = createNetworkHost();
    for (const address of ['10.0.64.32', '10.0.64.71', '2600:1f14:abc:de00:1::5']) take(address);
    tree.file('run/nodeeni/addresses/user-plane/last_reserved_ip.0', '10.0.64.71');
    tree.file('run/nodeeni/addresses/user-plane/lock', '');

    const status = await ask(NETWORK);

    expect(status?.podNetwork).toMatchObject({ addresses: 17, addressesInUse: 2 });
  });

  it('leave out those of an earlier ENI', async () => {
    const { ask, take } = createNetworkHost();
    take('10.0.64.200');

    const status = await ask(NETWORK);

    expect(status?.podNetwork).toMatchObject({ addressesInUse: 0 });
  });
});

describe('the file of a network', () => {
  it.each([
    ['changed', (text: string) => text.replace('10.0.64.47', '10.0.64.99')],
    ['cut off', (text: string) => text.slice(0, 20)],
    ['emptied', () => ''],
  ])('is put right after somebody has %s it', async (_, spoil) => {
    const { ask, text, tree } = createNetworkHost();
    await ask(NETWORK);
    const before = text('00-nodeeni-user-plane.conflist');
    tree.file(FILE, spoil(before));

    const status = await ask(NETWORK);

    expect(text('00-nodeeni-user-plane.conflist')).toBe(before);
    expect(status?.podNetwork).toMatchObject({ state: 'Ready' });
  });

  it('of somebody else is left as it is, at our place and at another one, and told', async () => {
    const { ask, text, tree } = createNetworkHost();
    const theirs = '{"cniVersion":"0.4.0","name":"user-plane","plugins":[{"type":"macvlan"}]}';
    tree.file(FILE, theirs);

    const atOurs = await ask(NETWORK);
    const kept = text('00-nodeeni-user-plane.conflist');
    tree.remove(FILE);
    tree.file(`${NETWORKS}/zz.conflist`, theirs);
    const atAnother = await ask(NETWORK);

    expect(kept).toBe(theirs);
    for (const status of [atOurs, atAnother]) {
      expect(status).toMatchObject({ configured: true, podNetwork: { reason: 'ForeignFile' } });
      expect(status?.podNetwork).toMatchObject({ state: 'NotReady' });
    }
    expect(text('zz.conflist')).toBe(theirs);
  });

  it('is of no use behind one at which Multus gives up', async () => {
    const { ask, tree } = createNetworkHost();
    tree.file(`${NETWORKS}/00-a.conf`, '{"name":');
    tree.file(`${NETWORKS}/99-z.conf`, '{"name":');

    const behind = await ask(NETWORK);
    tree.remove(`${NETWORKS}/00-a.conf`);
    const before = await ask(NETWORK);

    expect(behind?.podNetwork).toMatchObject({ state: 'NotReady', reason: 'BrokenNetworkFile' });
    expect(behind?.podNetwork?.message).toContain('/etc/cni/multus/net.d/00-a.conf');
    expect(before?.podNetwork).toMatchObject({ state: 'Ready' });
  });

  it('gets the name of the network that is asked for now, and goes with it', async () => {
    const { ask, askNothing, files, tree } = createNetworkHost();
    tree.file(`${NETWORKS}/theirs.conf`, '{"name":"theirs","type":"macvlan"}');
    await ask(NETWORK);

    await ask({ ...NETWORK, name: 'voice' });
    const renamed = files();
    await ask(undefined);
    const without = files();
    await ask(NETWORK);
    await askNothing();

    expect(renamed).toEqual(['00-nodeeni-voice.conflist', 'theirs.conf']);
    expect(without).toEqual(['theirs.conf']);
    expect(files()).toEqual(['theirs.conf']);
  });

  it('goes when its ENI is not there, and what an interrupted write has left goes too', async () => {
    const { ask, files, kernel, restartAgent, tree } = createNetworkHost();
    await ask(NETWORK);
    tree.file(`${FILE}.nodeeni-4711`, '{');
    kernel.unplug(PCI);
    restartAgent();

    const status = await ask(NETWORK);

    expect(files()).toEqual([]);
    expect(status?.podNetwork).toMatchObject({ state: 'NotReady', reason: 'LinkNotReady' });
  });

  it('keeps nothing of the link waiting when it cannot be written', async () => {
    const { ask, kernel, tree } = createNetworkHost();
    tree.file('etc/cni/multus', 'no folder');

    const status = await ask(NETWORK);

    expect(kernel.linkOf(PCI)).toMatchObject({ isUp: true, mtu: 9001 });
    expect(status).toMatchObject({
      configured: true,
      podNetwork: { state: 'NotReady', reason: 'FileNotWritten' },
    });
  });

  it('waits for addresses of the record', async () => {
    const { ask, files, tree } = createNetworkHost();
    mkdirSync(tree.path(NETWORKS), { recursive: true });

    const status = await ask({ ...NETWORK, subnets: [] });

    expect(files()).toEqual([]);
    expect(status?.podNetwork).toMatchObject({ state: 'NotReady', reason: 'NoRanges' });
  });
});

describe('a network that is to go', () => {
  const RELEASING = { phase: 'Releasing' } as const;

  it('is offered no more before its link is let go', async () => {
    const { ask, files, kernel } = createNetworkHost();
    await ask(NETWORK);
    let atRelease: readonly string[] | undefined;
    kernel.beforeNext(/set dev ens6 down/, () => {
      atRelease = files();
    });

    const status = await ask(NETWORK, RELEASING);

    expect(atRelease).toEqual([]);
    expect(status).toMatchObject({
      released: true,
      podNetwork: { state: 'NotReady', reason: 'Releasing' },
    });
    expect(kernel.linkOf(PCI)).toMatchObject({ isUp: false, altNames: [] });
  });

  it('keeps its link while pods have it, and is offered to no other', async () => {
    const { ask, files, kernel } = createNetworkHost();
    await ask(NETWORK);
    kernel.softwareLinks.push({
      ...{ ifindex: 90, ifname: 'net1', flags: ['UP'], mtu: 9001, link: 'ens6' },
      linkinfo: { info_kind: 'ipvlan' },
    });

    const during = await ask(NETWORK, RELEASING);
    const filesThen = files();
    kernel.softwareLinks.length = 0;
    const after = await ask(NETWORK, RELEASING);

    expect(filesThen).toEqual([]);
    expect(during).toMatchObject({ released: false, podNetwork: { reason: 'InUse' } });
    expect(after).toMatchObject({ released: true, podNetwork: { reason: 'Releasing' } });
  });

  it('is not let go while its file cannot be taken away', async () => {
    const { ask, host, kernel } = createNetworkHost();
    await ask(NETWORK);
    host.networks.remove = () => Promise.reject(new Error('EROFS: read-only file system'));

    const status = await ask(NETWORK, RELEASING);

    expect(status).toMatchObject({ released: false, reason: 'FileNotRemoved' });
    expect(kernel.linkOf(PCI)).toMatchObject({ isUp: true });
  });
});

describe('what a network needs of the host', () => {
  it.each([
    ['etc/cni/net.d/00-multus.conf', 'MultusNotFound', 'No Multus is in /etc/cni/net.d'],
    ['opt/cni/bin/ipvlan', 'PluginMissing', 'ipvlan is not in /opt/cni/bin'],
    ['opt/cni/bin', 'PluginMissing', 'ipvlan and host-local are not in /opt/cni/bin'],
  ])('is told when %s is missing, and found when it comes', async (path, reason, message) => {
    const { ask, tree } = createNetworkHost();
    tree.move(path, 'away');

    const without = await ask(NETWORK);
    tree.move('away', path);
    const withIt = await ask(NETWORK);

    expect(without).toMatchObject({
      configured: true,
      podNetwork: { state: 'NotReady', reason, message: expect.stringContaining(message) },
    });
    expect(withIt?.podNetwork).toMatchObject({ state: 'Ready' });
  });
});
