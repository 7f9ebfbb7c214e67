import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createAgentStage } from '#test/support/vm/agent-stage.ts';
import {
  startNetworkd,
  startNetworkManager,
  startSubnet,
  tracesOf,
} from '#test/support/vm/link-managers.ts';
import { lookAtLink } from '#test/support/vm/look.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const NUMBER = 6;
const SLOT = slotOf(NUMBER);
const PATIENCE = { timeout: 120_000, interval: 1000 };

describe('a link that another service of the host configures', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'stock' });

  const attach = async (): Promise<void> => {
    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    onTestFinished(() => machine().unplug(1));
  };

  const untilRouted = (): Promise<void> =>
    vi.waitFor(
      async () =>
        expect(await tracesOf(machine(), 'ens6')).toContainEqual(
          expect.stringMatching(/^route default/),
        ),
      PATIENCE,
    );

  it('is taken over from one file of systemd-networkd for every link, though it has a default route of the primary’s metric', async () => {
    await startSubnet(machine());
    await attach();
    await machine().tell(`mkdir -p /etc/systemd/network
      printf '[Match]\nName=en*\n[Network]\nDHCP=yes\n' > /etc/systemd/network/zz-default.network`);
    onTestFinished(async () => {
      await machine().tell(`rm /etc/systemd/network/zz-default.network
        ip route add default via 10.0.2.2 dev ens5`);
    });
    await startNetworkd(machine());
    await untilRouted();
    await machine().run('ip route del default via 10.0.2.2 dev ens5 proto boot');
    const tied = await machine().tell('ip route show default');
    const { ask, untilReported } = await createAgentStage(machine());

    ask({ [SLOT]: rowOf(NUMBER, { deviceIndex: 2 }) });

    await untilReported(SLOT, { configured: true, mtu: 9001 });
    for (const link of ['ens5', 'ens6'])
      expect(tied).toMatch(new RegExp(`dev ${link} .*metric 1024`));
    expect(await tracesOf(machine(), 'ens6')).toEqual([]);
    expect(await machine().tell('ip route show default')).toMatch(/dev ens5/);
  });

  it('is left by NetworkManager, with the address and the route that it gave it, and comes up for the agent', async () => {
    await startSubnet(machine());
    await startNetworkManager(machine());
    await attach();
    await untilRouted();
    const { ask, untilReported } = await createAgentStage(machine());

    ask({ [SLOT]: rowOf(NUMBER, { deviceIndex: 2 }) });

    await untilReported(SLOT, { configured: true, mtu: 9001 });
    expect(await tracesOf(machine(), 'ens6')).toEqual([]);
    expect(await machine().tell('nmcli --terse device')).toContain('ens6:ethernet:unmanaged');
    expect(await lookAtLink(machine(), 'eth2')).toMatchObject({
      flags: expect.arrayContaining(['UP']),
    });
  });

  it('is left alone by NetworkManager also when it comes after the agent, once the file is there', async () => {
    await startSubnet(machine());
    await startNetworkManager(machine());
    const { ask, untilReported } = await createAgentStage(machine());
    ask({ [SLOT]: rowOf(NUMBER, { deviceIndex: 2 }) });
    await attach();
    await untilReported(SLOT, { configured: true, mtu: 9001 });
    await machine().unplug(1);
    await untilReported(SLOT, { configured: false, reason: 'DeviceNotSeen' });

    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });

    await untilReported(SLOT, { configured: true, mtu: 9001 });
    await machine().tell('sleep 5');
    expect(await tracesOf(machine(), 'ens6')).toEqual([]);
  });
});
