import { describe, expect, it } from 'vitest';
import { TimeLimitError } from '#node-agent/agent/errors.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };

const dpdkRow = (dpdk: object = {}, changes: Parameters<typeof slotSpec>[0] = {}) =>
  slotSpec({ dpdk: { driver: 'vfio-pci', ...dpdk }, ...changes });

const wanted = hostState({ [SLOT]: dpdkRow() });
const notWanted = hostState({ [SLOT]: slotSpec({ generation: 2 }) });
const releasing = hostState({ [SLOT]: dpdkRow({}, { phase: 'Releasing', generation: 2 }) });

interface Machine {
  /** A metal instance has one. */
  readonly hasIommu?: boolean;
  readonly noIommu?: 'Y' | 'N';
}

const setUp = (
  { hasIommu = false, noIommu }: Machine = { noIommu: 'N' },
  options: Parameters<typeof createScratchHost>[0] = {},
) => {
  const scratch = createScratchHost(options);
  if (noIommu !== undefined) scratch.kernel.setNoIommu(noIommu);
  scratch.kernel.plug({ ...ENS6, ...(hasIommu ? { iommuGroup: '8' } : {}) });
  return { ...scratch, agent: scratch.startAgent() };
};

const holdByProgram = ({ tree }: ReturnType<typeof setUp>, node: string) => {
  tree.file('proc/4242/comm', 'dpdk-testpmd\n');
  tree.link('proc/4242/fd/7', `/dev/${node}`);
};

describe('a device for DPDK', () => {
  it('is bound to vfio-pci in the group of its IOMMU', async () => {
    const { agent, kernel } = setUp({ hasIommu: true });

    const { status } = await agent.reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('vfio-pci');
    expect(status[SLOT]).toMatchObject({ configured: true, driver: 'vfio-pci', pciAddress: PCI });
    expect(status[SLOT]).not.toHaveProperty('interfaceName');
    expect(status[SLOT]?.message).not.toContain('IOMMU');
  });

  it.each([
    ['0', true],
    ['64', false],
  ])(
    'is told to lie on a host with %s huge pages where a program could not start',
    async (count, isTold) => {
      const { agent, tree } = setUp({ hasIommu: true });
      tree.file('sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages', `${count}\n`);
      tree.file('sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages', '0\n');

      const { status } = await agent.reconcile(wanted);

      expect(status[SLOT]).toMatchObject({ configured: true });
      expect(status[SLOT]?.message?.includes('no huge pages')).toBe(isTold);
    },
  );

  it('is bound without an IOMMU once vfio is switched to do so, and the report says so', async () => {
    const { agent, kernel } = setUp({ noIommu: 'N' });

    const { status } = await agent.reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('vfio-pci');
    expect(status[SLOT]).toMatchObject({ configured: true, reason: 'NoIommu' });
  });

  it.each([
    ['igb_uio', 'igb_uio wc_activate=1'],
    ['uio_pci_generic', 'uio_pci_generic'],
  ])('is bound to %s without asking for vfio', async (driver, loaded) => {
    const { agent, kernel } = setUp({});

    const { status } = await agent.reconcile(hostState({ [SLOT]: dpdkRow({ driver }) }));

    expect(kernel.driverOf(PCI)).toBe(driver);
    expect(kernel.commands).toEqual([`modprobe ${loaded}`]);
    expect(status[SLOT]).toMatchObject({ configured: true, driver });
    expect(status[SLOT]).not.toHaveProperty('reason');
  });

  it('is found again by an agent that was started anew, though its MAC is nowhere to be read', async () => {
    const { agent, startAgent } = setUp();
    await agent.reconcile(wanted);

    const { status, results } = await startAgent().reconcile(wanted);

    expect(status[SLOT]).toMatchObject({ configured: true, pciAddress: PCI });
    expect(results).toEqual([]);
  });

  it('is found again by what was reported of it when the state file is lost', async () => {
    const { agent, startAgent, tree } = setUp();
    const { status: before } = await agent.reconcile(wanted);
    tree.remove('run/nodeeni');

    const { status } = await startAgent().reconcile(hostState({ [SLOT]: dpdkRow() }, before));

    expect(status[SLOT]).toEqual(before[SLOT]);
  });

  it('is bound again after a reboot', async () => {
    const { agent, kernel, tree, startAgent } = setUp();
    await agent.reconcile(wanted);
    kernel.unplug(PCI);
    tree.remove('run/nodeeni');
    kernel.plug(ENS6);

    const { status } = await startAgent().reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('vfio-pci');
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('is bound to another driver when the request changes', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(wanted);

    await agent.reconcile(hostState({ [SLOT]: dpdkRow({ driver: 'igb_uio' }, { generation: 2 }) }));

    expect(kernel.driverOf(PCI)).toBe('igb_uio');
  });

  it('goes back to its kernel driver, with MTU and name, when DPDK is no longer asked for', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(wanted);

    const { status } = await agent.reconcile(notWanted);

    expect(kernel.overrideOf(PCI)).toBeUndefined();
    expect(kernel.linkOf(PCI)).toMatchObject({
      mtu: 9001,
      isUp: true,
      altNames: ['eni-06', 'eth2'],
    });
    expect(status[SLOT]).toMatchObject({ configured: true, driver: 'ena', generation: 2 });
  });

  it('has its kernel driver back before it is reported released', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(wanted);

    const { status } = await agent.reconcile(releasing);

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(kernel.overrideOf(PCI)).toBeUndefined();
    expect(status[SLOT]).toMatchObject({ released: true, driver: 'ena', generation: 2 });
  });
});

describe('a device that cannot be bound', () => {
  it('keeps its kernel driver when there is no IOMMU and the kernel cannot do without', async () => {
    const { agent, kernel } = setUp({});

    const { status } = await agent.reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(kernel.overrideOf(PCI)).toBeUndefined();
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'NoIommuUnsupported' });
  });

  it('keeps its kernel driver when the agent may not do without an IOMMU', async () => {
    const { agent, kernel } = setUp({ noIommu: 'N' }, { settings: { allowsNoIommu: false } });

    const { status } = await agent.reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'NoIommuRefused' });
  });

  it('goes back to its kernel driver when the new one did not take it', async () => {
    const { agent, kernel } = setUp();
    kernel.refusingDrivers.add('vfio-pci');

    const { status } = await agent.reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(kernel.overrideOf(PCI)).toBeUndefined();
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'BindFailed', driver: 'ena' });
    expect(status[SLOT]?.message).toContain('it is back with ena');
  });

  it('is said to have failed while udev takes in the link that came back', async () => {
    const { agent, kernel, tree } = setUp();
    kernel.refusingDrivers.add('vfio-pci');
    await agent.reconcile(wanted);
    tree.file(`run/udev/data/n${kernel.linkOf(PCI)?.ifindex}`, 'E:ID_RENAMING=1\n');

    const { status, requeueAfterSeconds } = await agent.reconcile(wanted);

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'BindFailed' });
    expect(requeueAfterSeconds).toBe(0.02);
  });

  it('goes back to its kernel driver when a write fails half-way', async () => {
    const { agent, kernel } = setUp();
    kernel.failNext(/drivers_probe/, new Error('tee: Invalid argument'));

    const { status } = await agent.reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(status[SLOT]?.message).toContain('Invalid argument');
  });

  it('is not written to again when the kernel does not answer', async () => {
    const { agent, kernel } = setUp();
    kernel.failNext(/unbind/, new TimeLimitError('unbind', 10));

    const { status } = await agent.reconcile(wanted);

    // A roll-back would have cleared it, and waited for the same lock.
    expect(kernel.overrideOf(PCI)).toBe('vfio-pci');
    expect(status[SLOT]?.message).toContain('did not end within 10 s');
  });

  it('is bound by a later reconcile when it was left without a driver', async () => {
    const { agent, kernel, tree, clock } = setUp();
    kernel.failNext(/drivers_probe/, new TimeLimitError('drivers_probe', 10));
    await agent.reconcile(wanted);
    const without = kernel.driverOf(PCI);
    tree.remove('sys/class/net/ens6');
    clock.seconds = 2;

    const { status } = await agent.reconcile(wanted);

    expect(without).toBeUndefined();
    expect(status[SLOT]).toMatchObject({ configured: true, driver: 'vfio-pci' });
  });

  it('is reported with the module that is missing', async () => {
    const { agent, kernel } = setUp();
    kernel.modules.delete('igb_uio');

    const { status } = await agent.reconcile(hostState({ [SLOT]: dpdkRow({ driver: 'igb_uio' }) }));

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'ModuleMissing' });
    expect(status[SLOT]?.message).toContain('Module igb_uio not found');
  });

  it('is not bound to a driver that is none for DPDK', async () => {
    const { agent, kernel } = setUp();

    const { status } = await agent.reconcile(hostState({ [SLOT]: dpdkRow({ driver: 'nvme' }) }));

    expect(kernel.commands).toEqual([]);
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'UnsupportedDriver' });
  });

  it('is not bound when the user expects it at another address', async () => {
    const { agent, kernel } = setUp();

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: dpdkRow({ pciAddress: '0000:00:07.0' }) }),
    );

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'PCIAddressMismatch' });
  });

  it('is bound when the expected address is written without its domain', async () => {
    const { agent, kernel } = setUp();

    await agent.reconcile(hostState({ [SLOT]: dpdkRow({ pciAddress: '00:06.0' }) }));

    expect(kernel.driverOf(PCI)).toBe('vfio-pci');
  });

  it('is not bound in the place of one that was taken away while the agent worked', async () => {
    const { agent, kernel } = setUp();
    kernel.beforeNext(/enable_unsafe_noiommu_mode/, () => {
      kernel.unplug(PCI);
      kernel.plug({ ...ENS6, macAddress: '02:00:00:00:00:07' });
    });

    const { status, results } = await agent.reconcile(wanted);

    expect(results.at(-1)).toMatchObject({ error: { name: 'DeviceGoneError' } });
    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(kernel.overrideOf(PCI)).toBeUndefined();
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'DeviceNotSeen' });
  });

  it('is bound at once when it comes back to the address it was taken away from', async () => {
    const { agent, kernel } = setUp();
    kernel.beforeNext(/enable_unsafe_noiommu_mode/, () => {
      kernel.unplug(PCI);
      kernel.plug(ENS6);
    });

    const { status } = await agent.reconcile(wanted);

    expect(status[SLOT]).toMatchObject({ configured: true, driver: 'vfio-pci' });
  });

  it('is not bound when it carries the default route', async () => {
    const { agent, kernel, tree } = setUp();
    tree.file(
      'proc/net/route',
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nens6\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\n',
    );

    const { status } = await agent.reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'DefaultRoute' });
  });

  it('is not bound before udev has renamed its link', async () => {
    const { agent, kernel, tree } = setUp();
    tree.file(`run/udev/data/n${kernel.linkOf(PCI)?.ifindex}`, 'E:ID_RENAMING=1\n');

    const { status } = await agent.reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(status[SLOT]).toMatchObject({ reason: 'WaitingForUdev' });
  });

  it('is not bound while pods use links on it', async () => {
    const { agent, kernel } = setUp();
    kernel.softwareLinks.push({
      ...{ ifindex: 60, ifname: 'mac0', link: 'ens6', flags: ['UP'], mtu: 1500 },
      linkinfo: { info_kind: 'macvlan' },
    });

    const { status } = await agent.reconcile(wanted);

    expect(kernel.driverOf(PCI)).toBe('ena');
    expect(status[SLOT]).toMatchObject({ reason: 'InUse', inUseBy: 'the links mac0' });
  });
});

describe('a device that a program has open', () => {
  it.each([
    { name: 'with an IOMMU', machine: { hasIommu: true }, node: 'vfio/8' },
    { name: 'without an IOMMU', machine: { noIommu: 'Y' as const }, node: 'vfio/noiommu-0' },
  ])('is not released, and its holder is named, $name', async ({ machine, node }) => {
    const scratch = setUp(machine);
    await scratch.agent.reconcile(wanted);
    holdByProgram(scratch, node);

    const { status } = await scratch.agent.reconcile(releasing);

    expect(scratch.kernel.driverOf(PCI)).toBe('vfio-pci');
    expect(status[SLOT]).toMatchObject({
      released: false,
      reason: 'InUse',
      inUseBy: 'dpdk-testpmd (process 4242)',
    });
  });

  it('is released once the program has ended', async () => {
    const scratch = setUp({ hasIommu: true });
    await scratch.agent.reconcile(wanted);
    holdByProgram(scratch, 'vfio/8');
    const { requeueAfterSeconds } = await scratch.agent.reconcile(releasing);
    scratch.tree.remove('proc/4242');

    const { status } = await scratch.agent.reconcile(releasing);

    expect(requeueAfterSeconds).toBeLessThanOrEqual(5);
    expect(status[SLOT]).toMatchObject({ released: true });
    expect(status[SLOT]).not.toHaveProperty('inUseBy');
  });

  it('is not given back in the place of one that was taken away while the agent worked', async () => {
    const { agent, kernel } = setUp({ hasIommu: true });
    await agent.reconcile(wanted);
    kernel.beforeNext(/driver_override/, () => {
      kernel.unplug(PCI);
      kernel.plug({ ...ENS6, macAddress: '02:00:00:00:00:07' });
    });

    const { status, results } = await agent.reconcile(releasing);

    expect(results.at(-1)).toHaveProperty('error');
    expect(status[SLOT]).toMatchObject({ released: true });
    expect(status[SLOT]).not.toHaveProperty('pciAddress');
  });

  it('is not taken back for the kernel', async () => {
    const scratch = setUp({ hasIommu: true });
    await scratch.agent.reconcile(wanted);
    holdByProgram(scratch, 'vfio/8');

    const { status } = await scratch.agent.reconcile(notWanted);

    expect(scratch.kernel.driverOf(PCI)).toBe('vfio-pci');
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'InUse' });
  });

  it('is not taken for a device of another group', async () => {
    const scratch = setUp({ hasIommu: true });
    await scratch.agent.reconcile(wanted);
    holdByProgram(scratch, 'vfio/18');

    const { status } = await scratch.agent.reconcile(releasing);

    expect(status[SLOT]).toMatchObject({ released: true });
  });
});

describe('a device that could not be given back', () => {
  it('is not reported released', async () => {
    const { agent, kernel } = setUp();
    await agent.reconcile(wanted);
    kernel.refusingDrivers.add('ena');

    const { status } = await agent.reconcile(releasing);

    expect(status[SLOT]).toMatchObject({ released: false, reason: 'RestoreFailed' });
    expect(status[SLOT]?.message).toContain('no kernel driver took');
  });
});
