import { describe, expect, it, onTestFinished } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { type AgentStage, createAgentStage } from '#test/support/vm/agent-stage.ts';
import { bindByHand } from '#test/support/vm/bind-by-hand.ts';
import { applyOnce, endedAfter, startProgram } from '#test/support/vm/guest-agent.ts';
import { lookAtDevice, lookAtLink } from '#test/support/vm/look.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const NUMBER = 6;
const ADDRESS = '0000:00:06.0';
const SLOT = slotOf(NUMBER);
const RESOURCE = 'intel.com/sriov_dpdk';
const DPDK: Partial<SlotSpec> = { dpdk: { driver: 'vfio-pci', resourceName: RESOURCE } };
const rows = (changes: Partial<SlotSpec> = {}) => ({
  [SLOT]: rowOf(NUMBER, { deviceIndex: 2, ...changes }),
});

const NO_IOMMU_SWITCH = '/sys/module/vfio/parameters/enable_unsafe_noiommu_mode';

describe('DPDK on a virtual instance, which has no IOMMU', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'rebuilt' });

  const attach = async (number = NUMBER): Promise<void> => {
    // Without them a row says so, too.
    await machine().tell('echo 8 > /proc/sys/vm/nr_hugepages');
    await machine().plug({ position: 1, macAddress: macAddressOf(number) });
    onTestFinished(() => machine().unplug(1));
    await machine().tell(`until [ -e /sys/bus/pci/devices/${ADDRESS}/net ]; do sleep 0.1; done`);
  };
  const bindOn = async ({ ask, untilReported }: AgentStage): Promise<void> => {
    await attach();
    ask(rows(DPDK));
    await untilReported(SLOT, { configured: true, driver: 'vfio-pci' });
  };

  it('gives the device back to the kernel when vfio-pci refuses it', async () => {
    await attach();
    // The agent reads that the mode is on, and to the kernel it is off.
    await machine().tell(`
      modprobe vfio-pci
      echo N > ${NO_IOMMU_SWITCH}
      echo Y > /tmp/pretended
      mount --bind /tmp/pretended ${NO_IOMMU_SWITCH}`);
    onTestFinished(async () => {
      await machine().tell(`umount ${NO_IOMMU_SWITCH}`);
    });

    const { host } = await applyOnce(machine(), rows(DPDK), { prefix: endedAfter(11) });

    expect(host[SLOT]).toMatchObject({ configured: false, driver: 'e1000e', reason: 'BindFailed' });
    expect(host[SLOT]?.message).toContain('it is back with e1000e');
    expect(await lookAtDevice(machine(), ADDRESS)).toEqual({
      driver: 'e1000e',
      override: '(null)',
      links: 'ens6',
    });
  });

  it('switches on the no-IOMMU mode, binds the device, and waits until the node offers it', async () => {
    const stage = await createAgentStage(machine());

    await bindOn(stage);

    expect(stage.reported()[SLOT]).toMatchObject({
      pciAddress: ADDRESS,
      reason: 'NoIommu',
      message: 'vfio runs without an IOMMU: the device can reach all memory.',
    });
    expect(await machine().tell(`cat ${NO_IOMMU_SWITCH}; ls /dev/vfio`)).toMatch(/Y\nnoiommu-\d+/);
    expect(stage.pluginStarts).toEqual([[{ address: ADDRESS, driver: 'vfio-pci' }]]);
  });

  it('leaves a device to the pod that has bound it, ten looks and a restart of the agent later', async () => {
    const { ask, untilReported, restartAgent, reported } = await createAgentStage(machine());
    const unmanaged = (generation: number) => rows({ linkMode: 'Unmanaged', generation });
    const leftAlone = { configured: true, driver: 'uio_pci_generic', reason: 'BoundByUser' };
    await attach();
    ask(unmanaged(1));
    await untilReported(SLOT, { configured: true, driver: 'e1000e', interfaceName: 'ens6' });
    // What the CNI plugin host-device does, and then the pod's program.
    await machine().tell('ip netns add pod && ip link set dev ens6 netns pod');
    onTestFinished(async () => {
      await machine().tell('ip netns delete pod');
    });
    await bindByHand(machine(), ADDRESS, 'uio_pci_generic');

    for (let generation = 2; generation <= 11; generation += 1) {
      ask(unmanaged(generation));
      await untilReported(SLOT, { ...leftAlone, generation });
    }
    await restartAgent();
    ask(unmanaged(12));
    await untilReported(SLOT, { ...leftAlone, generation: 12 });

    expect(await lookAtDevice(machine(), ADDRESS)).toEqual({
      driver: 'uio_pci_generic',
      override: '(null)',
      links: '',
    });
    expect(reported()[SLOT]).toMatchObject({ pciAddress: ADDRESS });
    ask(rows({ generation: 13 }));
    await untilReported(SLOT, { configured: true, driver: 'e1000e', generation: 13 });
  });

  it('takes over a device that was bound by hand, as the Go controller’s agent does it, and releases it', async () => {
    await attach();
    await machine().tell(`modprobe vfio-pci && echo Y > ${NO_IOMMU_SWITCH}`);
    await bindByHand(machine(), ADDRESS, 'vfio-pci');
    const { ask, untilReported, reported } = await createAgentStage(machine());

    ask(rows(DPDK));
    await untilReported(SLOT, { configured: true, driver: 'vfio-pci', pciAddress: ADDRESS });
    const program = await startProgram(
      machine(),
      `bash -c 'exec 7<> $(ls /dev/vfio/noiommu-*); exec sleep 600'`,
    );
    onTestFinished(() => program.end());
    await machine().tell(`until [ -e /proc/${program.pid}/fd/7 ]; do sleep 0.1; done`);
    ask(rows({ ...DPDK, generation: 2, phase: 'Releasing' }));
    await untilReported(SLOT, { released: false, generation: 2, reason: 'InUse' });
    const held = await lookAtDevice(machine(), ADDRESS);
    await program.end('KILL');
    ask(rows({ ...DPDK, generation: 3, phase: 'Releasing' }));
    await untilReported(SLOT, { released: true, generation: 3, driver: 'e1000e' });

    expect(held.driver).toBe('vfio-pci');
    expect(reported()[SLOT]).not.toHaveProperty('inUseBy');
  });

  it('forgets a bound device that was detached, and binds no other ENI that comes in its place', async () => {
    const stage = await createAgentStage(machine());
    const { ask, untilReported } = stage;
    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    ask(rows(DPDK));
    await untilReported(SLOT, { configured: true, driver: 'vfio-pci' });

    await machine().unplug(1);
    await attach(7);
    ask({ ...rows(DPDK), [slotOf(7)]: rowOf(7) });

    await untilReported(slotOf(7), { configured: true, pciAddress: ADDRESS, driver: 'e1000e' });
    await untilReported(SLOT, { configured: false, reason: 'DeviceNotSeen' });
    expect(stage.reported()[SLOT]).not.toHaveProperty('pciAddress');
    expect(await lookAtDevice(machine(), ADDRESS)).toMatchObject({ override: '(null)' });
  });

  it('brings MTU and names back when DPDK is switched off, after the node offers the device no more', async () => {
    const stage = await createAgentStage(machine());
    await bindOn(stage);

    stage.ask(rows({ generation: 2 }));

    await stage.untilReported(SLOT, {
      configured: true,
      generation: 2,
      driver: 'e1000e',
      interfaceName: 'ens6',
      mtu: 9001,
    });
    expect(await lookAtLink(machine(), 'eth2')).toMatchObject({ ifname: 'ens6', mtu: 9001 });
    expect(stage.pluginStarts.at(-1)).toEqual([]);
  });

  it('reports that a device is released when the kernel has it again, down and without our name', async () => {
    const stage = await createAgentStage(machine());
    await bindOn(stage);

    stage.ask(rows({ ...DPDK, generation: 2, phase: 'Releasing' }));

    await stage.untilReported(SLOT, { released: true, generation: 2, driver: 'e1000e' });
    expect(await lookAtDevice(machine(), ADDRESS)).toMatchObject({
      driver: 'e1000e',
      override: '(null)',
    });
    expect(await lookAtLink(machine(), 'eth2')).toBeUndefined();
    const link = await lookAtLink(machine(), 'ens6');
    expect(link?.flags).not.toContain('UP');
  });
});
