import { describe, expect, it, onTestFinished } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { asContainer } from '#test/support/vm/dpdk-guide.ts';
import { layWire, pingOverWire, startTestpmd } from '#test/support/vm/dpdk-program.ts';
import {
  applyOnce,
  endedAfter,
  readPluginConfig,
  startProgram,
} from '#test/support/vm/guest-agent.ts';
import { lookAtDevice, lookAtLink } from '#test/support/vm/look.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const NUMBER = 6;
const SLOT = slotOf(NUMBER);
const ADDRESS = '0000:01:00.0';
const rows = (changes: Partial<SlotSpec> = {}) => ({
  [SLOT]: rowOf(NUMBER, { deviceIndex: 2, ...changes }),
});
const DPDK: Partial<SlotSpec> = {
  dpdk: { driver: 'vfio-pci', resourceName: 'intel.com/sriov_dpdk' },
};

/** Long enough for a reconcile or two. */
const forAWhile = () => endedAfter(9);
/** Longer than the agent waits for a step. */
const forAStep = () => endedAfter(13);

describe('a metal instance, whose IOMMU has groups', () => {
  const machine = useMachine({ kind: 'metal', vfio: 'stock' });

  const attach = async (): Promise<void> => {
    // Without them a row says so first.
    await machine().tell('echo 8 > /proc/sys/vm/nr_hugepages');
    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    onTestFinished(() => machine().unplug(1));
    await machine().tell(`until [ -e /sys/bus/pci/devices/${ADDRESS}/net ]; do sleep 0.1; done`);
  };
  const attachBound = async (): Promise<void> => {
    await attach();
    const { host } = await applyOnce(machine(), rows(DPDK));
    expect(host[SLOT]).toMatchObject({ configured: true });
  };

  it('binds the device to vfio-pci, and the device plugin and the controller know of it', async () => {
    await attach();

    const { code, host } = await applyOnce(machine(), rows(DPDK));

    expect(code).toBe(0);
    expect(host[SLOT]).toMatchObject({
      configured: true,
      driver: 'vfio-pci',
      pciAddress: ADDRESS,
      reason: 'RestartDevicePlugin',
    });
    expect(await lookAtDevice(machine(), ADDRESS)).toEqual({
      driver: 'vfio-pci',
      override: 'vfio-pci',
      links: '',
    });
    const group = await machine().tell(
      `basename "$(readlink /sys/bus/pci/devices/${ADDRESS}/iommu_group)"`,
    );
    expect(await machine().tell(`ls /dev/vfio`)).toContain(group);
    expect(await readPluginConfig(machine())).toMatchObject({
      resourceList: [
        {
          resourcePrefix: 'intel.com',
          resourceName: 'sriov_dpdk',
          selectors: { drivers: ['vfio-pci'], pciAddresses: [ADDRESS] },
        },
      ],
    });
  });

  it('finds nothing to do for a device that is bound', async () => {
    await attachBound();

    const { code, steps } = await applyOnce(machine(), rows(DPDK));

    expect(code).toBe(0);
    expect(steps).toEqual([]);
  });

  it('gives the device back to the kernel when DPDK is switched off, with MTU and names', async () => {
    await attachBound();

    const { code, host } = await applyOnce(machine(), rows());

    expect(code).toBe(0);
    expect(host[SLOT]).toMatchObject({ configured: true, driver: 'e1000e', mtu: 9001 });
    expect(await lookAtDevice(machine(), ADDRESS)).toMatchObject({ override: '(null)' });
    expect(await lookAtLink(machine(), 'eth2')).toMatchObject({
      ifname: 'enp1s0',
      mtu: 9001,
      flags: expect.arrayContaining(['UP']),
    });
  });

  it('hands a container that has IPC_LOCK, and no more, a device that answers packets of 9001 bytes', async () => {
    await layWire(machine());
    await attachBound();
    const testpmd = await startTestpmd(machine(), ADDRESS, asContainer(['ipc_lock']));
    onTestFinished(() => testpmd.end());

    const answers = await pingOverWire(machine(), 8973);

    expect(answers).toContain('3 received, 0% packet loss');
    expect(answers).toContain('8981 bytes from 192.0.2.6');
  });

  it('names the program that holds the device, also while the device is being detached, and lets it go with the program', async () => {
    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    const bound = await applyOnce(machine(), rows(DPDK));
    const testpmd = await startTestpmd(machine(), ADDRESS);
    onTestFinished(() => testpmd.end());
    const release = () =>
      applyOnce(machine(), rows({ phase: 'Releasing' }), { prefix: endedAfter(8) });

    const held = await release();
    const boundTo = await lookAtDevice(machine(), ADDRESS);
    const { done } = await machine().beginUnplug(1);
    const detaching = await release();
    await testpmd.end();
    await done;

    const inUse = {
      released: false,
      reason: 'InUse',
      inUseBy: `dpdk-testpmd (process ${testpmd.pid})`,
    };
    expect(bound.host[SLOT]).toMatchObject({ configured: true, driver: 'vfio-pci' });
    expect(held.host[SLOT]).toMatchObject(inUse);
    expect(boundTo.driver).toBe('vfio-pci');
    expect(detaching.host[SLOT]).toMatchObject(inUse);
    expect(await machine().tell('ls /sys/bus/pci/devices')).not.toContain(ADDRESS);
  });

  it('gives up on a device whose holder it cannot see, and does not hang', async () => {
    await attachBound();
    const testpmd = await startTestpmd(machine(), ADDRESS);
    onTestFinished(() => testpmd.end());
    const hide = `mount -t tmpfs none /proc/${testpmd.pid}/fd && exec "$@"`;

    const blind = await applyOnce(machine(), rows({ phase: 'Releasing' }), {
      prefix: `unshare --mount bash -c '${hide}' hide ${forAStep()}`,
    });
    await testpmd.end();
    const freed = await applyOnce(machine(), rows({ phase: 'Releasing' }));

    expect(blind.host[SLOT]).toMatchObject({ released: false, reason: 'RestoreFailed' });
    expect(blind.host[SLOT]?.message).toContain('did not end within 10 s');
    expect(freed.host[SLOT]).toMatchObject({ released: true, driver: 'e1000e' });
  });

  it('leaves a link alone that a pod has stacked a link of its own on, and names the pod’s program', async () => {
    await attach();
    await applyOnce(machine(), rows());
    await machine().tell(`
      ip netns add pod
      ip link add link eth2 name net1 type ipvlan mode l2
      ip link set dev net1 netns pod`);
    const program = await startProgram(machine(), 'ip netns exec pod sleep 600');
    onTestFinished(async () => {
      await program.end();
      await machine().tell('ip netns delete pod');
    });

    const { code, host } = await applyOnce(machine(), rows({ generation: 2, ...DPDK }), {
      prefix: forAWhile(),
    });

    expect(code).toBe(1);
    expect(host[SLOT]).toMatchObject({
      configured: false,
      driver: 'e1000e',
      reason: 'InUse',
      inUseBy: `sleep (process ${program.pid})`,
    });
    expect(await lookAtLink(machine(), 'net1', 'pod')).toMatchObject({ mtu: 9001 });
  });
});
