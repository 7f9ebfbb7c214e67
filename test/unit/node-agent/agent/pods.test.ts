import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };

const setUp = () => {
  const scratch = createScratchHost();
  scratch.kernel.plug(ENS6);
  return { ...scratch, agent: scratch.startAgent() };
};

describe('a link in a pod', () => {
  /** A pod takes the link, with the MTU that it has. */
  const takenByPod = (scratch: ReturnType<typeof setUp>) => {
    const { kernel, tree } = scratch;
    const { mtu } = kernel.linkOf(PCI) ?? {};
    kernel.moveIntoPod(PCI);
    const net = 'proc/4242/root/sys/class/net/net1';
    tree.link('proc/self/ns/net', 'net:[4026531840]');
    tree.link('proc/4242/ns/net', 'net:[4026532999]');
    tree.file('proc/4242/comm', 'pause\n');
    tree.file(
      'proc/4242/cgroup',
      '0::/kubepods.slice/kubepods-pod1b2c3d4e_0000_1111_2222_333344445555.slice/cri-1.scope\n',
    );
    tree.file(`${net}/address`, `${ENS6.macAddress}\n`);
    tree.file(`${net}/ifindex`, '3\n');
    tree.file(`${net}/iflink`, '3\n');
    tree.file(`${net}/mtu`, `${mtu}\n`);
    tree.file(`${net}/tx_queue_len`, '1000\n');
    tree.link(`${net}/device`, `../../../${PCI}`);
    return scratch;
  };
  const inPod = async () => {
    const scratch = setUp();
    await scratch.agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    return takenByPod(scratch);
  };

  it('is known by its PCI address and reported as used, not as lost', async () => {
    const { agent } = await inPod();

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(status[SLOT]).toMatchObject({
      configured: true,
      pciAddress: PCI,
      driver: 'ena',
      inUseBy: 'pause (process 4242, pod 1b2c3d4e-0000-1111-2222-333344445555)',
    });
  });

  it('has the settings of its driver there too, and of the kernel’s own nothing is asked', async () => {
    const { agent } = await inPod();
    const link = { txQueueLength: 1000, rings: { rx: 1024 } };
    const sysctls = { 'net.ipv4.conf.IFNAME.rp_filter': 2 };

    const { status, results } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ link: { ...link, sysctls }, generation: 2 }) }),
    );

    expect(status[SLOT]).toMatchObject({ configured: true });
    expect(results.filter(({ action }) => action.type !== 'remember')).toEqual([]);
  });

  it.each([
    ['rings', { rings: { rx: 4096 } }, 'without rings rx 4096'],
    ['queue', { txQueueLength: 10 }, 'with a transmit queue of 1000; 10 is set'],
  ])('is not as asked while its %s is another there', async (_, link, why) => {
    const { agent, kernel } = await inPod();
    kernel.commands.length = 0;

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ link, generation: 2 }) }),
    );

    expect(kernel.commands).toEqual([]);
    expect(status[SLOT]).toMatchObject({
      configured: false,
      reason: 'InUse',
      message: expect.stringContaining(why),
    });
  });

  it('has not the addresses that are asked for on the host', async () => {
    const { agent } = await inPod();
    const addresses = {
      privateIpAddress: '10.0.2.15',
      subnetCidr: '10.0.2.0/24',
      gateway: '10.0.2.1',
    };

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ linkMode: 'Addressed', ...addresses, generation: 2 }) }),
    );

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'InUse' });
  });

  it('is not as asked while it has another MTU there, and is reported with what it has', async () => {
    const { agent } = await inPod();

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ mtu: 1400, generation: 2 }) }),
    );

    expect(status[SLOT]).toMatchObject({
      configured: false,
      generation: 2,
      reason: 'InUse',
      mtu: 9001,
    });
    expect(status[SLOT]?.message).toContain('1400 is set when it comes back');
  });

  it('is found there although the agent never saw it before', async () => {
    const { agent, tree } = takenByPod(setUp());

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    const { status: releasing } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ phase: 'Releasing', generation: 2 }) }),
    );

    expect(status[SLOT]).toMatchObject({
      configured: false,
      reason: 'InUse',
      pciAddress: PCI,
      mtu: 1500,
    });
    expect(releasing[SLOT]).toMatchObject({ released: false, reason: 'InUse' });
    expect(tree.path('run/nodeeni/state.json')).toSatisfy(existsSync);
  });

  it('is not taken for an ENI whose MAC address a pod gives to the link of another', async () => {
    const { agent, tree } = await inPod();
    const stranger = '02:00:00:00:00:99';
    tree.file('proc/4242/root/sys/class/net/net1/address', `${stranger}\n`);

    const { status } = await agent.reconcile(
      hostState({
        other: slotSpec({ eniId: 'eni-99', macAddress: stranger, deviceIndex: 1 }),
        [SLOT]: slotSpec(),
      }),
    );

    expect(status.other).toMatchObject({ configured: false, reason: 'DeviceNotSeen' });
    expect(status[SLOT]).toMatchObject({ configured: true, pciAddress: PCI });
  });

  it('is not released until the pod gives it back', async () => {
    const { agent, kernel, tree } = await inPod();
    const releasing = hostState({ [SLOT]: slotSpec({ phase: 'Releasing', generation: 2 }) });
    const { status: during } = await agent.reconcile(releasing);
    tree.remove('proc/4242');
    kernel.unplug(PCI);
    kernel.plug(ENS6);

    const { status: after } = await agent.reconcile(releasing);

    expect(during[SLOT]).toMatchObject({ released: false, reason: 'InUse' });
    expect(during[SLOT]?.inUseBy).toContain('pod 1b2c3d4e');
    expect(after[SLOT]).toMatchObject({ released: true });
  });

  it('is not taken for another ENI that got its PCI address since', async () => {
    const { agent, kernel, tree } = await inPod();
    tree.remove('proc/4242');
    kernel.unplug(PCI);
    kernel.plug({ ...ENS6, macAddress: '02:00:00:00:00:99' });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'DeviceNotSeen' });
    expect(kernel.linkOf(PCI)).toMatchObject({ isUp: false });
  });

  it('is waited for while a child of it is in a pod, as with ipvlan', async () => {
    const { agent, kernel, tree } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    const net = 'proc/77/root/sys/class/net/net1';
    tree.link('proc/77/ns/net', 'net:[4026533000]');
    tree.file('proc/77/comm', 'envoy\n');
    tree.file(`${net}/address`, `${ENS6.macAddress}\n`);
    tree.file(`${net}/ifindex`, '4\n');
    tree.file(`${net}/iflink`, `${kernel.linkOf(PCI)?.ifindex}\n`);

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ phase: 'Releasing', generation: 2 }) }),
    );

    expect(status[SLOT]).toMatchObject({ released: false, inUseBy: 'envoy (process 77)' });
  });
});
