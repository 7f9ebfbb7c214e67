import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createAgentStage } from '#test/support/vm/agent-stage.ts';
import { startProgram } from '#test/support/vm/guest-agent.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const NUMBER = 6;
const SLOT = slotOf(NUMBER);
const PATIENCE = { timeout: 60_000, interval: 500 };
const PORT = 9446;

describe('the driver of a link', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'stock' });

  const attach = async (): Promise<void> => {
    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    onTestFinished(() => machine().unplug(1));
  };
  const shown = async (option: string, pattern: RegExp): Promise<string | undefined> =>
    pattern.exec(
      (await machine().tell(`ethtool ${option} ens6`)).split('Current').at(-1) ?? '',
    )?.[1];

  it('has the rings, interrupts and offloads that are asked for, again after somebody changes them', async () => {
    const { ask, untilReported } = await createAgentStage(machine());
    const link = {
      ...{ rings: { rx: 512, tx: 1024 }, coalescing: { rxUsecs: 20 } },
      ...{ offloads: { gro: false, tso: false }, txQueueLength: 2000 },
    };
    ask({ [SLOT]: rowOf(NUMBER, { link }) });
    await attach();
    await untilReported(SLOT, { configured: true, mtu: 9001 });
    const asked = async () => [
      await shown('-g', /RX:\s+(\d+)/),
      await shown('-g', /TX:\s+(\d+)/),
      await shown('-c', /rx-usecs:\s+(\d+)/),
      await shown('-k', /generic-receive-offload: (\w+)/),
      await shown('-k', /tcp-segmentation-offload: (\w+)/),
    ];
    const atFirst = await asked();

    await machine().tell(
      'ethtool -G ens6 rx 256; ethtool -K ens6 gro on; ip link set dev ens6 down',
    );

    expect(atFirst).toEqual(['512', '1024', '20', 'off', 'off']);
    await vi.waitFor(async () => expect(await asked()).toEqual(atFirst), PATIENCE);
  });

  it('keeps its settings in a pod, where they are read back, and the link may have any name there but its own others', async () => {
    const { ask, untilReported } = await createAgentStage(machine());
    const row = rowOf(NUMBER, { linkName: 'sig0', link: { rings: { rx: 512 } } });
    ask({ [SLOT]: row });
    await attach();
    await untilReported(SLOT, { configured: true });
    await machine().tell('ip netns add pod; ip link set dev ens6 netns pod');
    onTestFinished(async () => {
      await machine().tell('ip netns delete pod');
    });
    const renamed = async (from: string, to: string) =>
      machine().run(`ip -n pod link set dev ${from} name ${to}`);
    const toItsOther = await renamed('ens6', 'sig0');
    const toAnother = await renamed('ens6', 'net1');
    const program = await startProgram(machine(), 'ip netns exec pod sleep 600');
    onTestFinished(() => program.end('KILL'));

    ask({ [SLOT]: { ...row, generation: 2 } });
    await untilReported(SLOT, { configured: true, generation: 2, inUseBy: expect.any(String) });
    ask({ [SLOT]: { ...row, link: { rings: { rx: 1024 } }, generation: 3 } });

    await untilReported(SLOT, {
      ...{ configured: false, reason: 'InUse', generation: 3 },
      message: expect.stringContaining('without rings rx 1024'),
    });
    expect(toItsOther).toMatchObject({ stderr: expect.stringContaining('File exists') });
    expect(toAnother).toMatchObject({ code: 0 });
  });

  it('that lacks a setting, or makes something else of it, is told with its reason', async () => {
    const { ask, untilReported } = await createAgentStage(machine());
    ask({ [SLOT]: rowOf(NUMBER, { link: { channels: { combined: 2 } } }) });
    await attach();
    await untilReported(SLOT, {
      ...{ configured: false, reason: 'LinkSettingRefused', mtu: 9001 },
      message: expect.stringMatching(/combined 2: .*Operation not supported/),
    });

    // Of 8 descriptors each.
    ask({ [SLOT]: rowOf(NUMBER, { link: { rings: { rx: 500 } }, generation: 2 }) });

    await untilReported(SLOT, {
      ...{ configured: false, reason: 'LinkSettingRefused', generation: 2 },
      message: expect.stringContaining('made rx 504 of rx 500'),
    });
  });

  it('counts by names of its own, which are metrics with the NodeENI, the node and the link', async () => {
    const options = `--port ${PORT} --link-counters rx_packets,rx_long_length_errors,bw_in_allowance_exceeded`;
    const { ask, untilReported } = await createAgentStage(machine(), options);
    ask({ [SLOT]: rowOf(NUMBER) });
    await attach();
    await untilReported(SLOT, { configured: true });

    const metrics = await machine().tell(`busybox wget -qO- http://127.0.0.1:${PORT}/metrics`);

    const labels = '{nodeeni="data-6",node="node-1",link="ens6"}';
    expect(metrics.split('\n').filter((line) => line.startsWith('nodeeni_agent_link_'))).toEqual([
      expect.stringMatching(`^nodeeni_agent_link_rx_packets_total${labels} \\d+$`),
      `nodeeni_agent_link_rx_long_length_errors_total${labels} 0`,
    ]);
  });
});
