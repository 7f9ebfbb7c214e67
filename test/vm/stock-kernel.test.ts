import { describe, expect, it, onTestFinished } from 'vitest';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { applyOnce, endedAfter } from '#test/support/vm/guest-agent.ts';
import { lookAtDevice } from '#test/support/vm/look.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const NUMBER = 6;
const SLOT = slotOf(NUMBER);
const rowsWith = (driver: string) => ({ [SLOT]: rowOf(NUMBER, { dpdk: { driver } }) });

describe('an instance whose kernel lacks the no-IOMMU mode of vfio', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'stock' });

  const attach = async (): Promise<string> => {
    const address = await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    onTestFinished(() => machine().unplug(1));
    await machine().tell(`until [ -e /sys/bus/pci/devices/${address}/net ]; do sleep 0.1; done`);
    return address;
  };

  it('says why vfio-pci cannot have the device, and leaves it to its kernel driver', async () => {
    const address = await attach();

    const { code, host, steps } = await applyOnce(machine(), rowsWith('vfio-pci'));

    expect(code).toBe(1);
    expect(host[SLOT]).toMatchObject({
      configured: false,
      driver: 'e1000e',
      pciAddress: address,
      reason: 'NoIommuUnsupported',
      message: expect.stringContaining('CONFIG_VFIO_NOIOMMU'),
    });
    expect(steps.map(({ description }) => description)).not.toContain(
      `bind ${address} to vfio-pci`,
    );
    expect(await lookAtDevice(machine(), address)).toEqual({
      driver: 'e1000e',
      override: '(null)',
      links: 'ens6',
    });
  });

  it('says that a driver is not installed, and leaves the device to its kernel driver', async () => {
    const address = await attach();

    const { code, host } = await applyOnce(machine(), rowsWith('igb_uio'), {
      prefix: endedAfter(11),
    });

    expect(code).toBe(1);
    expect(host[SLOT]).toMatchObject({
      configured: false,
      driver: 'e1000e',
      reason: 'ModuleMissing',
      message: expect.stringContaining('igb_uio'),
    });
    expect(await lookAtDevice(machine(), address)).toMatchObject({ links: 'ens6' });
  });
});
