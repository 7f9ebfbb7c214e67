import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createAgentStage } from '#test/support/vm/agent-stage.ts';
import { startNetworkd, startSubnet, tracesOf } from '#test/support/vm/link-managers.ts';
import { bootHookWaitsFor, renderNodeadmFiles } from '#test/support/vm/nodeadm.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const NUMBER = 6;
const SLOT = slotOf(NUMBER);
const ROW = rowOf(NUMBER, { deviceIndex: 2 });
const BOTH = ['ens5', 'ens6'];
const PATIENCE = { timeout: 90_000, interval: 1000 };

describe('a node of the EKS AMI of Amazon Linux 2023', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'stock' });

  /** nodeadm and systemd-networkd, until the boot hook is satisfied. */
  const boot = async (): Promise<void> => {
    await startSubnet(machine());
    await renderNodeadmFiles(machine(), [
      { link: 'ens5', macAddress: macAddressOf(5), metric: 512 },
      {
        ...{ link: 'ens6', macAddress: macAddressOf(NUMBER), metric: 514 },
        policy: { table: 10_002, address: '10.0.6.50' },
      },
    ]);
    await startNetworkd(machine());
    await vi.waitFor(
      async () => expect(await bootHookWaitsFor(machine(), BOTH)).toEqual([]),
      PATIENCE,
    );
  };

  /** What nodeadm and systemd-networkd gave the link is gone, and networkd says that it has left it. */
  const untilTaken = (): Promise<void> =>
    vi.waitFor(async () => {
      expect(await tracesOf(machine(), 'ens6')).toEqual([]);
      expect(await bootHookWaitsFor(machine(), BOTH)).toEqual(['ens6 is unmanaged']);
    }, PATIENCE);

  it('gives its ENI to the agent after each boot, and its boot hook waits for nothing of the agent’s', async () => {
    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    onTestFinished(() => machine().unplug(1));
    await boot();
    const given = await tracesOf(machine(), 'ens6');
    const stage = await createAgentStage(machine());
    stage.ask({ [SLOT]: ROW });
    await stage.untilReported(SLOT, { configured: true, mtu: 9001 });
    await untilTaken();
    // The disk, which a boot keeps.
    await machine().tell('rm -rf /exchange/etc && cp -a /etc/systemd/network /exchange/etc');

    await machine().reboot();
    await machine().tell('rm -rf /etc/systemd/network && cp -a /exchange/etc /etc/systemd/network');
    await boot();
    const givenAgain = await tracesOf(machine(), 'ens6');
    await stage.startAgent();

    await untilTaken();
    await stage.untilReported(SLOT, { configured: true, mtu: 9001 });
    expect(given).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^address .*inet 10\.0\.6\./),
        expect.stringMatching(/^route default via 10\.0\.6\.1 .*metric 514/),
        expect.stringMatching(/^rule 32765:.*10\.0\.6\.50 lookup 10002/),
      ]),
    );
    expect(givenAgain).toHaveLength(given.length);
  });
});
