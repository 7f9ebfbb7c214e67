import { describe, expect, it } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };
const ENS7 = { pciAddress: '0000:00:07.0', macAddress: '02:00:00:00:00:07', name: 'ens7' };
const OTHER_SLOT = 'voice/subnet-2';

const ASKED_BY_US: SlotSpec['create'] = {
  incarnation: '2026-11-01T00:00:00.000Z',
  clientToken: 'token',
  subnetId: 'subnet-1',
  groupIds: [],
  description: '',
  tags: {},
};

const dpdk = (more: object = {}, changes: Partial<SlotSpec> = {}) =>
  slotSpec({ dpdk: { driver: 'vfio-pci', ...more }, ...changes });
const unmanaged = slotSpec({ linkMode: 'Unmanaged' });

const setUp = (options: Parameters<typeof createScratchHost>[0] = {}) => {
  const scratch = createScratchHost(options);
  scratch.kernel.setNoIommu('Y');
  scratch.kernel.plug(ENS6);
  const { kernel, tree } = scratch;
  /** As `dpdk-devbind.py --bind` does it: the Go controller's agent, or a pod that has the device. */
  const bindByHand = async (address: string, driver: string): Promise<void> => {
    const folder = tree.path(`sys/bus/pci/devices/${address}`);
    await kernel.run('modprobe', [driver]);
    await kernel.write(`${folder}/driver_override`, driver, folder);
    if (kernel.driverOf(address) !== undefined) await kernel.write('driver/unbind', address);
    await kernel.write(tree.path('sys/bus/pci/drivers_probe'), address);
    await kernel.write(`${folder}/driver_override`, '\n', folder);
  };
  return { ...scratch, bindByHand };
};

describe('a device that somebody binds while linkMode is Unmanaged', () => {
  it.each(['igb_uio', 'uio_pci_generic', 'vfio-pci'])(
    'stays with %s, ten looks and a restart of the agent later',
    async (driver) => {
      const { kernel, startAgent, bindByHand } = setUp();
      const agent = startAgent();
      await agent.reconcile(hostState({ [SLOT]: unmanaged }));
      kernel.moveIntoPod(PCI);
      await bindByHand(PCI, driver);

      for (let look = 0; look < 10; look += 1)
        await agent.reconcile(hostState({ [SLOT]: unmanaged }));
      const { status, results } = await startAgent().reconcile(hostState({ [SLOT]: unmanaged }));

      expect(kernel.driverOf(PCI)).toBe(driver);
      expect(results).toEqual([]);
      expect(status[SLOT]).toMatchObject({ configured: true, driver, reason: 'BoundByUser' });
    },
  );

  it('is told of while it has no driver, and is not given one', async () => {
    const { kernel, startAgent, tree } = setUp();
    const agent = startAgent();
    await agent.reconcile(hostState({ [SLOT]: unmanaged }));
    await kernel.write('driver/unbind', PCI, tree.path(`sys/bus/pci/devices/${PCI}`));

    const { status } = await agent.reconcile(hostState({ [SLOT]: unmanaged }));

    expect(kernel.driverOf(PCI)).toBeUndefined();
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'NoDriver' });
  });

  it('goes back to the kernel once the link is to be managed', async () => {
    const { kernel, startAgent, bindByHand } = setUp();
    const agent = startAgent();
    await agent.reconcile(hostState({ [SLOT]: unmanaged }));
    await bindByHand(PCI, 'igb_uio');
    await agent.reconcile(hostState({ [SLOT]: unmanaged }));

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec({ generation: 2 }) }));

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(status[SLOT]).toMatchObject({ configured: true, interfaceName: 'ens6' });
  });

  it('goes back to the kernel when it was the agent that bound it', async () => {
    const { kernel, startAgent } = setUp();
    await startAgent().reconcile(hostState({ [SLOT]: dpdk() }));

    await startAgent().reconcile(hostState({ [SLOT]: { ...unmanaged, generation: 2 } }));

    expect(kernel.driverOf(PCI)).toBe('ena');
  });

  it('is left to a pod that takes it after the agent gave it back', async () => {
    const { kernel, startAgent, bindByHand } = setUp();
    const agent = startAgent();
    const asked = hostState({ [SLOT]: { ...unmanaged, generation: 2 } });
    await agent.reconcile(hostState({ [SLOT]: dpdk() }));
    await agent.reconcile(asked);
    await bindByHand(PCI, 'vfio-pci');

    await agent.reconcile(asked);

    expect(kernel.driverOf(PCI)).toBe('vfio-pci');
  });

  it('stays offered as it was, so that the plugin of the pod is not restarted', async () => {
    const { startAgent, bindByHand, cluster } = setUp();
    cluster.afterRestart = { 'amazon.com/data': 1 };
    const asked = hostState({
      [SLOT]: { ...unmanaged, pciAddress: PCI, resourceName: 'amazon.com/data' },
    });
    const agent = startAgent();
    await agent.reconcile(asked);
    const { restarts } = cluster;
    await bindByHand(PCI, 'igb_uio');

    const { status, results } = await agent.reconcile(asked);

    expect(restarts).toBe(1);
    expect({ results, restarts: cluster.restarts }).toEqual({ results: [], restarts });
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('is released only when its program has ended', async () => {
    const { kernel, startAgent, bindByHand, tree } = setUp();
    const agent = startAgent();
    const releasing = hostState({
      [SLOT]: { ...unmanaged, phase: 'Releasing', generation: 2 },
    });
    await agent.reconcile(hostState({ [SLOT]: unmanaged }));
    await bindByHand(PCI, 'vfio-pci');
    tree.file('proc/4242/comm', 'dpdk-testpmd\n');
    tree.link('proc/4242/fd/7', '/dev/vfio/noiommu-0');

    const held = await agent.reconcile(releasing);
    const boundTo = kernel.driverOf(PCI);
    tree.remove('proc/4242');
    const freed = await agent.reconcile(releasing);

    expect(held.status[SLOT]).toMatchObject({ released: false, reason: 'InUse' });
    expect(boundTo).toBe('vfio-pci');
    expect(freed.status[SLOT]).toMatchObject({ released: true, driver: 'ena' });
  });
});

describe('a device that was bound before the agent came', () => {
  it.each([
    ['the address that the user gives', { pciAddress: PCI }],
    ['the driver that only one unknown device has', {}],
  ])('is known by %s, and reported', async (_, more) => {
    const { startAgent, bindByHand, kernel } = setUp();
    await bindByHand(PCI, 'vfio-pci');

    const agent = startAgent();
    const { status } = await agent.reconcile(hostState({ [SLOT]: dpdk(more) }));
    const { results } = await agent.reconcile(hostState({ [SLOT]: dpdk(more) }));

    expect(status[SLOT]).toMatchObject({ configured: true, driver: 'vfio-pci', pciAddress: PCI });
    expect(kernel.driverOf(PCI)).toBe('vfio-pci');
    expect(results).toEqual([]);
  });

  it('is bound to the driver that is asked for, when it has another', async () => {
    const { startAgent, bindByHand, kernel } = setUp();
    await bindByHand(PCI, 'igb_uio');

    await startAgent().reconcile(hostState({ [SLOT]: dpdk({ pciAddress: PCI }) }));

    expect(kernel.driverOf(PCI)).toBe('vfio-pci');
  });

  it('is released once its program has ended, by an agent that never saw it before', async () => {
    const { startAgent, bindByHand, kernel, tree } = setUp();
    await bindByHand(PCI, 'vfio-pci');
    tree.file('proc/4242/comm', 'dpdk-testpmd\n');
    tree.link('proc/4242/fd/7', '/dev/vfio/noiommu-0');
    const releasing = hostState({ [SLOT]: dpdk({}, { phase: 'Releasing', generation: 2 }) });
    const agent = startAgent();

    const held = await agent.reconcile(releasing);
    const boundTo = kernel.driverOf(PCI);
    tree.remove('proc/4242');
    const freed = await agent.reconcile(releasing);

    expect(held.status[SLOT]).toMatchObject({ released: false, reason: 'InUse' });
    expect(boundTo).toBe('vfio-pci');
    expect(freed.status[SLOT]).toMatchObject({ released: true, driver: 'ena' });
  });

  it('goes back to the kernel when DPDK is asked for no more', async () => {
    const { startAgent, bindByHand, kernel } = setUp();
    await bindByHand(PCI, 'vfio-pci');
    await startAgent().reconcile(hostState({ [SLOT]: dpdk() }));

    await startAgent().reconcile(hostState({ [SLOT]: slotSpec({ generation: 2 }) }));

    expect(kernel.driverOf(PCI)).toBe('ena');
  });

  it('is not guessed at where two could be meant', async () => {
    const { startAgent, bindByHand, kernel } = setUp();
    kernel.plug(ENS7);
    await bindByHand(PCI, 'vfio-pci');
    await bindByHand(ENS7.pciAddress, 'vfio-pci');

    const { status } = await startAgent().reconcile(hostState({ [SLOT]: dpdk() }));

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'DeviceNotSeen' });
  });

  it('is not guessed at while another interface is looked for', async () => {
    const { startAgent, bindByHand } = setUp();
    await bindByHand(PCI, 'vfio-pci');
    const voice = dpdk({}, { eniId: 'eni-07', macAddress: ENS7.macAddress });

    const { status } = await startAgent().reconcile(
      hostState({ [SLOT]: dpdk(), [OTHER_SLOT]: voice }),
    );

    expect(status[SLOT]).toMatchObject({ reason: 'DeviceNotSeen' });
    expect(status[OTHER_SLOT]).toMatchObject({ reason: 'DeviceNotSeen' });
  });

  it('is not taken for an ENI of our own, whose device is yet to come', async () => {
    const { startAgent, bindByHand, kernel } = setUp();
    kernel.plug(ENS7);
    await bindByHand(ENS7.pciAddress, 'vfio-pci');
    kernel.unplug(PCI);
    const asked = hostState({ [SLOT]: dpdk({}, { create: ASKED_BY_US }) });
    const agent = startAgent();

    const before = await agent.reconcile(asked);
    kernel.plug(ENS6);
    const after = await agent.reconcile(asked);

    expect(before.status[SLOT]).toMatchObject({ configured: false, reason: 'DeviceNotSeen' });
    expect(after.status[SLOT]).toMatchObject({ configured: true, pciAddress: PCI });
  });

  it('is not taken for an ENI whose link is in a pod', async () => {
    const { startAgent, bindByHand, kernel, tree } = setUp();
    kernel.plug(ENS7);
    await bindByHand(ENS7.pciAddress, 'vfio-pci');
    kernel.moveIntoPod(PCI);
    tree.file('proc/4242/comm', 'packet-worker\n');
    tree.link('proc/self/ns/net', 'net:[1]');
    tree.link('proc/4242/ns/net', 'net:[2]');
    const link = 'proc/4242/root/sys/class/net/net1';
    for (const [name, text] of Object.entries({
      address: ENS6.macAddress,
      mtu: '9001',
      iflink: '9',
      ifindex: '9',
    }))
      tree.file(`${link}/${name}`, `${text}\n`);
    tree.link(`${link}/device`, `../../../bus/pci/devices/${PCI}`);

    const { status } = await startAgent().reconcile(hostState({ [SLOT]: dpdk() }));

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'InUse', pciAddress: PCI });
    expect(kernel.driverOf(ENS7.pciAddress)).toBe('vfio-pci');
  });
});
