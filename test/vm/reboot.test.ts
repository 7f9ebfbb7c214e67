import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createAgentStage } from '#test/support/vm/agent-stage.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const NUMBER = 6;
const ADDRESS = '0000:00:06.0';
const SLOT = slotOf(NUMBER);
const DPDK = { driver: 'vfio-pci', resourceName: 'intel.com/sriov_dpdk' };

describe('a reboot', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'rebuilt' });

  it('binds the device again after a reboot, before it is offered again', async () => {
    const stage = await createAgentStage(machine());
    stage.ask({ [SLOT]: rowOf(NUMBER, { dpdk: DPDK }) });
    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    onTestFinished(() => machine().unplug(1));
    await stage.untilReported(SLOT, { configured: true, driver: 'vfio-pci' });

    await machine().reboot();
    await stage.startPlugin();
    await stage.startAgent();

    await vi.waitFor(() => expect(stage.pluginStarts).toHaveLength(3), {
      timeout: 60_000,
      interval: 100,
    });
    const [, atBoot, atAgentsRequest] = stage.pluginStarts;
    expect(atBoot).toEqual([{ address: ADDRESS, driver: 'e1000e' }]);
    expect(atAgentsRequest).toEqual([{ address: ADDRESS, driver: 'vfio-pci' }]);
    await stage.untilReported(SLOT, { configured: true, driver: 'vfio-pci' });
  });
});
