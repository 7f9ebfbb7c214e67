import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createBackoff } from '#node-agent/agent/backoff.ts';
import { createHostController } from '#node-agent/agent/controller.ts';
import { CommandError } from '#node-agent/host/command.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost, SETTINGS } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };
const MAC_7 = '02:00:00:00:00:07';
const UPLINK = { pciAddress: '0000:00:05.0', macAddress: '02:00:00:00:00:05', name: 'ens5' };

const setUp = (options: Parameters<typeof createScratchHost>[0] = {}) => {
  const scratch = createScratchHost(options);
  scratch.kernel.plug(UPLINK);
  scratch.kernel.change(UPLINK.pciAddress, { isUp: true, mtu: 9001 });
  scratch.kernel.plug(ENS6);
  return { ...scratch, agent: scratch.startAgent() };
};

describe('a link of the kernel', () => {
  it('gets its MTU, is set up, and is reported as it was read back', async () => {
    const { agent, kernel } = setUp();

    const { status, isConverged } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.linkOf(PCI)).toMatchObject({
      mtu: 9001,
      isUp: true,
      altNames: ['eni-06', 'eth2'],
    });
    expect(isConverged).toBe(true);
    expect(status[SLOT]).toEqual({
      eniId: 'eni-06',
      generation: 1,
      interfaceName: 'ens6',
      pciAddress: PCI,
      mtu: 9001,
      driver: 'ena',
      configured: true,
    });
  });

  it('gets its MTU before it is set up, so that no child copies a smaller one', async () => {
    const { agent, kernel } = setUp();

    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.commands).toEqual([
      'ip link set dev ens6 mtu 9001',
      'ip link set dev ens6 up',
      'ip link property add dev ens6 altname eni-06',
      'ip link property add dev ens6 altname eth2',
    ]);
  });

  it('gets no further step once the agent is to end, and the status says what is left', async () => {
    const { host, kernel } = setUp();
    const ending = new AbortController();
    const links = {
      ...host.links,
      async setMtu(name: string, mtuBytes: number) {
        await host.links.setMtu(name, mtuBytes);
        ending.abort();
      },
    };
    const backoff = createBackoff(() => 0);
    const agent = createHostController({
      ...{ host: { ...host, links }, settings: SETTINGS, backoff },
      signal: ending.signal,
    });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.commands).toEqual(['ip link set dev ens6 mtu 9001']);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'Pending', mtu: 9001 });
  });

  it.each(['eth1', 'ens6', 'enp0s6', 'enX1'])('is found when it is called %s', async (name) => {
    const { agent, kernel } = setUp();
    kernel.change(PCI, { name });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(status[SLOT]).toMatchObject({ interfaceName: name, configured: true, mtu: 9001 });
  });

  it('is left as it is when nothing differs', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    kernel.commands.length = 0;

    const { results } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect({ results, commands: kernel.commands }).toEqual({ results: [], commands: [] });
  });

  it.each([
    ['somebody sets it down', { isUp: false }],
    ['somebody resets its MTU', { mtu: 1500 }],
  ])('is mended after %s', async (_, change) => {
    const { agent, kernel } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    kernel.change(PCI, change);

    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.linkOf(PCI)).toMatchObject({ mtu: 9001, isUp: true });
  });

  it('is configured anew when it comes back with another index, at another address', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    kernel.unplug(PCI);
    const { status: without } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    kernel.plug({ ...ENS6, pciAddress: '0000:00:07.0', name: 'ens7' });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(without[SLOT]).toMatchObject({ configured: false, reason: 'DeviceNotSeen' });
    expect(status[SLOT]).toMatchObject({ pciAddress: '0000:00:07.0', configured: true });
    expect(kernel.linkOf('0000:00:07.0')).toMatchObject({ mtu: 9001, isUp: true });
  });

  it('is not touched before udev has renamed it', async () => {
    const { agent, kernel, tree } = setUp();
    const { ifindex = 0 } = kernel.linkOf(PCI) ?? {};
    tree.file(`run/udev/data/n${ifindex}`, 'E:ID_RENAMING=1\n');

    const { status, requeueAfterSeconds } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec() }),
    );

    expect(kernel.commands).toEqual([]);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'WaitingForUdev' });
    expect(requeueAfterSeconds).toBeLessThan(0.1);
  });

  it('is taken after three seconds where there is no udev', async () => {
    const { agent, kernel, tree, clock } = setUp();
    tree.remove('run/udev');
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    clock.seconds = 3;

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(status[SLOT]).toMatchObject({ configured: true });
    expect(kernel.linkOf(PCI)).toMatchObject({ isUp: true });
  });

  it('keeps its MTU when none is asked for', async () => {
    const { agent, kernel } = setUp();
    const { mtu: _none, ...rest } = slotSpec();

    await agent.reconcile(hostState({ [SLOT]: rest }));

    expect(kernel.linkOf(PCI)).toMatchObject({ mtu: 1500, isUp: true });
  });

  it('is set up, and reported, when the driver cannot take the MTU', async () => {
    const { agent, kernel } = setUp();
    kernel.unplug(PCI);
    kernel.plug({ ...ENS6, maxMtuBytes: 9000 });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'MtuTooLarge', mtu: 1500 });
    expect(kernel.linkOf(PCI)).toMatchObject({ isUp: true });
  });

  it('is left alone when it is Unmanaged', async () => {
    const { agent, kernel } = setUp();

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ linkMode: 'Unmanaged' }) }),
    );

    expect(kernel.commands).toEqual([]);
    expect(status[SLOT]).toMatchObject({ configured: true, interfaceName: 'ens6', mtu: 1500 });
  });

  it('reports a refusal of the kernel, waits longer each time, and says what is wrong meanwhile', async () => {
    const { agent, kernel, clock } = setUp();
    kernel.failNext(/mtu/, new CommandError('ip', 2, 'RTNETLINK answers: Device or resource busy'));
    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    const { status: meanwhile } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    const commandsMeanwhile = kernel.commands.length;
    clock.seconds = 2;

    const { status: after } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'MtuRefused' });
    expect(status[SLOT]?.message).toContain('Device or resource busy');
    expect(meanwhile).toEqual(status);
    expect(commandsMeanwhile).toBe(1);
    expect(after[SLOT]).toMatchObject({ configured: true });
  });

  it('does what a changed row asks at once, whatever failed for the row before', async () => {
    const { agent, kernel } = setUp();
    kernel.failNext(/mtu/, new CommandError('ip', 2, 'RTNETLINK answers: Device or resource busy'));
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec({ generation: 2 }) }));

    expect(status[SLOT]).toMatchObject({ configured: true, generation: 2 });
  });
});

describe('the name eth<index>', () => {
  it('is not given when another link has it, and the report says so', async () => {
    const { agent, kernel } = setUp();
    kernel.softwareLinks.push({ ifindex: 99, ifname: 'eth2', flags: [], mtu: 1500 });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.linkOf(PCI)?.altNames).toEqual(['eni-06']);
    expect(status[SLOT]).toMatchObject({ configured: true, reason: 'AltNameTaken' });
  });

  it('is not given to a link that is called so', async () => {
    const { agent, kernel } = setUp();
    kernel.change(PCI, { name: 'eth2' });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.linkOf(PCI)?.altNames).toEqual(['eni-06']);
    expect(status[SLOT]).toMatchObject({ configured: true });
  });
});

describe('the names of a link', () => {
  it('are its ENI’s alone where pods are given the link itself', async () => {
    const { agent, kernel, pluginConfigPath, cluster } = setUp();
    cluster.afterRestart = { 'amazon.com/ena': 1 };

    await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ pciAddress: PCI, resourceName: 'amazon.com/ena' }) }),
    );

    expect(readFileSync(pluginConfigPath, 'utf8')).toContain(PCI);
    expect(kernel.linkOf(PCI)?.altNames).toEqual(['eni-06']);
  });

  it.each([
    ['0000:00:06.0', '0000:00:07.0'],
    ['0000:00:07.0', '0000:00:06.0'],
  ])('have the index of the first card only, whichever comes first (%s)', async (first, second) => {
    const { agent, kernel } = setUp();
    kernel.unplug(PCI);
    const nics = {
      '0000:00:06.0': ENS6,
      '0000:00:07.0': { ...ENS6, pciAddress: '0000:00:07.0', macAddress: MAC_7, name: 'ens106' },
    };
    const state = hostState({
      card0: slotSpec(),
      card1: slotSpec({ eniId: 'eni-07', macAddress: MAC_7, networkCardIndex: 1 }),
    });

    for (const address of [first, second] as (keyof typeof nics)[]) {
      kernel.plug(nics[address]);
      await agent.reconcile(state);
    }

    expect(kernel.linkOf('0000:00:06.0')?.altNames).toEqual(['eni-06', 'eth2']);
    expect(kernel.linkOf('0000:00:07.0')?.altNames).toEqual(['eni-07']);
  });
});

describe('routers of the subnet', () => {
  it('give a link no route: that is switched off before it is up', async () => {
    const { agent, kernel, tree } = setUp();
    const file = 'proc/sys/net/ipv6/conf/ens6/accept_ra';
    tree.file(file, '1\n');

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(readFileSync(tree.path(file), 'utf8')).toBe('0\n');
    expect(kernel.commands[0]).toBe('ip -6 route flush dev ens6 proto ra');
    expect(status[SLOT]).toMatchObject({ configured: true });
    expect(status[SLOT]).not.toHaveProperty('reason');
  });

  it('are left to those that are not ours', async () => {
    const { agent, tree } = setUp();
    const file = 'proc/sys/net/ipv6/conf/ens5/accept_ra';
    tree.file(file, '1\n');

    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(readFileSync(tree.path(file), 'utf8')).toBe('1\n');
  });
});

describe('links of others', () => {
  it('are not touched: software links, and devices that no row names', async () => {
    const { agent, kernel } = setUp();
    kernel.plug({ pciAddress: '0000:00:08.0', macAddress: '02:00:00:00:00:08', name: 'ens8' });
    // A pod's veth and an ipvlan child may have the very MAC of the row.
    const software = { flags: ['UP'], mtu: 1500, address: ENS6.macAddress };
    kernel.softwareLinks.push(
      { ifindex: 50, ifname: 'vethab12', ...software, linkinfo: { info_kind: 'veth' } },
      { ifindex: 51, ifname: 'mac0', ...software, linkinfo: { info_kind: 'ipvlan' } },
    );

    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.commands.every((command) => command.includes(' ens6 '))).toBe(true);
    expect(kernel.linkOf('0000:00:08.0')).toMatchObject({ isUp: false, mtu: 1500 });
  });

  it('are not touched when the host has the default route on it, whatever the row says', async () => {
    const { agent, kernel, tree } = setUp();
    tree.file(
      'proc/net/route',
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nens6\t00000000\t0100000A\t0003\t0\t0\t512\t00000000\n',
    );

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.commands).toEqual([]);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'DefaultRoute' });
  });

  it('are not touched at index 0 of card 0, not even to release them', async () => {
    const { agent, kernel } = setUp();
    const row = slotSpec({ macAddress: UPLINK.macAddress, deviceIndex: 0 });

    const { status } = await agent.reconcile(
      hostState({ a: row, b: { ...row, phase: 'Releasing', eniId: 'eni-other' } }),
    );

    expect(kernel.commands).toEqual([]);
    expect(status.a).toMatchObject({ configured: false, reason: 'PrimaryInterface' });
    expect(kernel.linkOf(UPLINK.pciAddress)).toMatchObject({ isUp: true });
  });

  it('are not touched when their PCI id is not among those of the setting', async () => {
    const { agent, kernel } = setUp({ settings: { pciIds: ['8086:10d3'] } });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.commands).toEqual([]);
    expect(status[SLOT]).toMatchObject({ reason: 'UnsupportedDevice' });
  });

  it('are not touched when two of them show the MAC address of the row', async () => {
    const { agent, kernel } = setUp();
    kernel.plug({ ...ENS6, pciAddress: '0000:00:09.0', name: 'ens9' });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.commands).toEqual([]);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'AmbiguousMac' });
  });

  it('are left as they are when the object has no rows', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    kernel.commands.length = 0;

    const { status } = await agent.reconcile(hostState({}));

    expect({ status, commands: kernel.commands }).toEqual({ status: {}, commands: [] });
  });
});

describe('a released link', () => {
  it('is down, without our name for it, before it is reported released', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ phase: 'Releasing', generation: 2 }) }),
    );

    expect(kernel.linkOf(PCI)).toMatchObject({ isUp: false, altNames: [] });
    expect(status[SLOT]).toMatchObject({ released: true, generation: 2, eniId: 'eni-06' });
    expect(status[SLOT]).not.toHaveProperty('configured');
  });

  it('is not reported released while it could not be set down', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    kernel.failNext(
      /down/,
      new CommandError('ip', 2, 'RTNETLINK answers: Operation not permitted'),
    );

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ phase: 'Releasing', generation: 2 }) }),
    );

    expect(status[SLOT]).toMatchObject({ released: false, reason: 'HostError' });
  });

  it('is released when the device is gone already', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    kernel.unplug(PCI);

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ phase: 'Releasing', generation: 2 }) }),
    );

    expect(status[SLOT]).toMatchObject({ released: true });
  });

  it('waits while links of the host are stacked on it, and names them', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    kernel.softwareLinks.push({
      ...{ ifindex: 60, ifname: 'ens6.100', link: 'ens6', flags: ['UP'], mtu: 1500 },
      linkinfo: { info_kind: 'vlan' },
    });

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ phase: 'Releasing', generation: 2 }) }),
    );

    expect(status[SLOT]).toMatchObject({ released: false, inUseBy: 'the links ens6.100' });
    expect(kernel.linkOf(PCI)).toMatchObject({ isUp: true });
  });
});
