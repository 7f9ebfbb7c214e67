import { describe, expect, it } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };
const RP_FILTER = 'net.ipv4.conf.IFNAME.rp_filter';
const RP_FILTER_FILE = 'proc/sys/net/ipv4/conf/ens6/rp_filter';

const setUp = () => {
  const scratch = createScratchHost();
  scratch.kernel.plug(ENS6);
  scratch.tree.file(RP_FILTER_FILE, '1\n');
  const agent = scratch.startAgent();
  const ask = (link: NonNullable<SlotSpec['link']>, changes: Partial<SlotSpec> = {}) =>
    agent.reconcile(hostState({ [SLOT]: slotSpec({ link, ...changes }) }));
  return { ...scratch, agent, ask };
};

describe('the settings of a link', () => {
  it('are set, each group by one command, before the link is up, and read back', async () => {
    const { ask, kernel } = setUp();

    const { status } = await ask({
      txQueueLength: 2000,
      rings: { rx: 4096, tx: 2048 },
      channels: { combined: 8 },
      coalescing: { adaptiveRx: true, txUsecs: 32 },
      offloads: { gro: false },
    });

    expect(status[SLOT]).toMatchObject({ configured: true });
    expect(kernel.commands.slice(0, 7)).toEqual([
      'ethtool -L ens6 combined 8',
      'ethtool -G ens6 rx 4096 tx 2048',
      'ethtool -C ens6 adaptive-rx on tx-usecs 32',
      'ethtool -K ens6 gro off',
      'ip link set dev ens6 mtu 9001',
      'ip link set dev ens6 txqueuelen 2000',
      'ip link set dev ens6 up',
    ]);
  });

  it('are left alone where they are so, and where nothing is asked', async () => {
    const { ask, kernel } = setUp();
    await ask({ rings: { rx: 4096 } });
    kernel.commands.length = 0;

    await ask({ rings: { rx: 4096 } });
    await ask({});

    expect(kernel.commands).toEqual([]);
  });

  it('are put right after somebody changes one, and no other is touched', async () => {
    const { ask, kernel } = setUp();
    await ask({ rings: { rx: 4096 }, offloads: { tso: false, gro: true } });
    kernel.commands.length = 0;
    kernel.ethtool.values.set('tcp-segmentation-offload', 'on');

    const { status } = await ask({ rings: { rx: 4096 }, offloads: { tso: false, gro: true } });

    expect(kernel.commands).toEqual(['ethtool -K ens6 tso off']);
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('are refused with the kernel’s reason where the driver has no such group, and the others are set', async () => {
    const { ask, kernel } = setUp();
    kernel.ethtool.lacking.add('c');

    const { status } = await ask({ coalescing: { rxUsecs: 20 }, rings: { rx: 4096 } });

    expect(kernel.ethtool.values.get('RX')).toBe('4096');
    expect(kernel.linkOf(PCI)).toMatchObject({ mtu: 9001, isUp: true });
    expect(status[SLOT]).toMatchObject({
      configured: false,
      reason: 'LinkSettingRefused',
      message: expect.stringMatching(
        /^Could not set coalescing of ens6: rxUsecs 20: .*netlink error: Operation not supported\.$/,
      ),
    });
  });

  it('are refused where the driver makes something else of them, and are not tried again with each reconcile', async () => {
    const { ask, kernel, clock } = setUp();

    const { status } = await ask({ rings: { rx: 5000 } });
    kernel.commands.length = 0;
    clock.seconds += 3600;
    const { status: later, requeueAfterSeconds } = await ask({ rings: { rx: 5000 } });

    expect(status[SLOT]).toMatchObject({
      configured: false,
      reason: 'LinkSettingRefused',
      message: expect.stringContaining('made rx 4096 of rx 5000'),
    });
    expect(later).toEqual(status);
    expect(kernel.commands).toEqual([]);
    expect(requeueAfterSeconds).toBeUndefined();
  });

  it('that were refused are tried anew when something else is asked for', async () => {
    const { ask } = setUp();
    await ask({ rings: { rx: 5000 } });

    const { status } = await ask({ rings: { rx: 2048 } }, { generation: 2 });

    expect(status[SLOT]).toMatchObject({ configured: true, generation: 2 });
  });

  it('of the kernel are files of the link, and others than a link’s are never written', async () => {
    const { ask, tree } = setUp();
    tree.file('proc/sys/net/ipv4/conf/all/rp_filter', '1\n');

    const { status } = await ask({ sysctls: { [RP_FILTER]: 2 } });
    const { status: refused } = await ask(
      { sysctls: { 'net.ipv4.conf.IFNAME./../all/rp_filter': 0 } },
      { generation: 2 },
    );

    const { readFileSync } = await import('node:fs');
    expect(readFileSync(tree.path(RP_FILTER_FILE), 'utf8')).toBe('2\n');
    expect(readFileSync(tree.path('proc/sys/net/ipv4/conf/all/rp_filter'), 'utf8')).toBe('1\n');
    expect(status[SLOT]).toMatchObject({ configured: true });
    expect(refused[SLOT]).toMatchObject({ configured: false, reason: 'LinkSettingRefused' });
  });

  it('are nobody’s for a link that is not managed', async () => {
    const { ask, kernel } = setUp();

    const { status } = await ask({ rings: { rx: 4096 } }, { linkMode: 'Unmanaged' });

    expect(kernel.commands).toEqual([]);
    expect(status[SLOT]).toMatchObject({ configured: true });
  });
});
