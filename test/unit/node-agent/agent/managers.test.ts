import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CommandError } from '#node-agent/host/command.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };

const setUp = () => {
  const scratch = createScratchHost();
  scratch.kernel.plug(ENS6);
  return { ...scratch, agent: scratch.startAgent() };
};

describe('systemd-networkd', () => {
  const managed = (scratch: ReturnType<typeof setUp>) => {
    const { ifindex = 0 } = scratch.kernel.linkOf(PCI) ?? {};
    scratch.tree.file(
      `run/systemd/netif/links/${ifindex}`,
      'ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/70-eks-ens6.network\n',
    );
    return ifindex;
  };
  const folder = 'run/systemd/network';

  it('is made to leave a link alone that it manages', async () => {
    const scratch = setUp();
    managed(scratch);

    await scratch.agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(readdirSync(scratch.tree.path(folder))).toEqual(['00-nodeeni-eni-06.network']);
    expect(scratch.kernel.commands[0]).toBe('networkctl reload');
  });

  it('is not spoken to where it manages nothing of ours', async () => {
    const { agent, kernel, tree } = setUp();
    const { ifindex = 0 } = kernel.linkOf(PCI) ?? {};
    tree.file(`run/systemd/netif/links/${ifindex}`, 'ADMIN_STATE=unmanaged\n');

    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.commands).not.toContain('networkctl reload');
  });

  it('gets the link back when the interface is gone, and not before', async () => {
    const scratch = setUp();
    const { agent, kernel, tree } = scratch;
    managed(scratch);
    const releasing = hostState({ [SLOT]: slotSpec({ phase: 'Releasing', generation: 2 }) });
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    await agent.reconcile(releasing);
    const whileThere = readdirSync(tree.path(folder));
    kernel.unplug(PCI);

    await agent.reconcile(releasing);

    expect(whileThere).toEqual(['00-nodeeni-eni-06.network']);
    expect(readdirSync(tree.path(folder))).toEqual([]);
  });

  it('gets the link back when it is to be left alone, and not with every reconcile', async () => {
    const scratch = setUp();
    const { agent, kernel, tree } = scratch;
    managed(scratch);
    await agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    kernel.commands.length = 0;
    const unmanaged = hostState({ [SLOT]: slotSpec({ linkMode: 'Unmanaged', generation: 2 }) });

    await agent.reconcile(unmanaged);
    await agent.reconcile(unmanaged);

    expect(readdirSync(tree.path(folder))).toEqual([]);
    expect(kernel.commands).toEqual(['networkctl reload']);
  });

  it('gets back what no row names any more', async () => {
    const scratch = setUp();
    managed(scratch);
    scratch.tree.file(`${folder}/00-nodeeni-eni-gone.network`, '');
    scratch.tree.file(`${folder}/10-theirs.network`, '');

    await scratch.agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(readdirSync(scratch.tree.path(folder))).toEqual([
      '00-nodeeni-eni-06.network',
      '10-theirs.network',
    ]);
  });
});

describe('NetworkManager', () => {
  const managed = (scratch: ReturnType<typeof setUp>) => {
    const { ifindex = 0 } = scratch.kernel.linkOf(PCI) ?? {};
    const state = `run/NetworkManager/devices/${ifindex}`;
    scratch.tree.file(state, '[device]\nmanaged=true\n');
    scratch.kernel.beforeNext(/managed no/, () =>
      scratch.tree.file(state, '[device]\nmanaged=false\n'),
    );
  };
  const file = 'run/NetworkManager/conf.d/zz-nodeeni-eni-06.conf';

  it('is made to leave a link that it manages, and to take its addresses away first', async () => {
    const scratch = setUp();
    managed(scratch);

    const { status } = await scratch.agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(readFileSync(scratch.tree.path(file), 'utf8')).toContain(
      'match-device=mac:02:00:00:00:00:06\nmanaged=0\n',
    );
    expect(scratch.kernel.commands.slice(0, 4)).toEqual([
      'nmcli general reload conf',
      'nmcli device disconnect ens6',
      'nmcli device set ens6 managed no',
      'ip link set dev ens6 mtu 9001',
    ]);
    expect(status[SLOT]).toMatchObject({ configured: true });
    expect(status[SLOT]).not.toHaveProperty('reason');
  });

  it('keeps no link from its MTU when it does not obey, and that is reported', async () => {
    const scratch = setUp();
    managed(scratch);
    scratch.kernel.failNext(/reload conf/, new CommandError('nmcli', 8, 'not running'));

    const { status } = await scratch.agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(scratch.kernel.linkOf(PCI)).toMatchObject({ mtu: 9001, isUp: true });
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'ManagedElsewhere' });
    expect(status[SLOT]?.message).toContain('NetworkManager');
    expect(existsSync(scratch.tree.path(file))).toBe(false);
  });

  it('gets the link back when the interface is gone', async () => {
    const scratch = setUp();
    managed(scratch);
    await scratch.agent.reconcile(hostState({ [SLOT]: slotSpec() }));
    scratch.kernel.unplug(PCI);

    await scratch.agent.reconcile(
      hostState({ [SLOT]: slotSpec({ phase: 'Releasing', generation: 2 }) }),
    );

    expect(existsSync(scratch.tree.path(file))).toBe(false);
    expect(scratch.kernel.commands.at(-1)).toBe('nmcli general reload conf');
  });
});

describe('a link that got a default route of the same metric as the primary interface', () => {
  const ROUTE = '00000000\t0100000A\t0003\t0\t0\t1024\t00000000';
  const HEAD = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask';

  const tied = (scratch: ReturnType<typeof setUp>) => {
    const { kernel, tree } = scratch;
    const { ifindex = 0 } = kernel.linkOf(PCI) ?? {};
    const state = `run/systemd/netif/links/${ifindex}`;
    tree.file('proc/net/route', `${HEAD}\nens5\t${ROUTE}\nens6\t${ROUTE}\n`);
    tree.file(state, 'ADMIN_STATE=configured\n');
    kernel.beforeNext(/networkctl reload/, () => {
      tree.file('proc/net/route', `${HEAD}\nens5\t${ROUTE}\n`);
      tree.file(state, 'ADMIN_STATE=unmanaged\n');
    });
    return scratch;
  };

  it('is taken over from the service that gave it the route, before anything else', async () => {
    const { agent, kernel } = tied(setUp());

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(kernel.commands.slice(0, 2)).toEqual([
      'networkctl reload',
      'ip link set dev ens6 mtu 9001',
    ]);
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('is taken over also when its metric is the lower one, so that the host’s traffic left by it', async () => {
    const scratch = tied(setUp());
    const lower = ROUTE.replace('1024', '101');
    scratch.tree.file('proc/net/route', `${HEAD}\nens5\t${ROUTE}\nens6\t${lower}\n`);

    const { status } = await scratch.agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(scratch.kernel.commands[0]).toBe('networkctl reload');
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('is not touched at index 0, nor when nobody else has a default route', async () => {
    const scratch = tied(setUp());
    const { agent, kernel, tree } = scratch;

    const { status: primary } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ deviceIndex: 0 }) }),
    );
    tree.file('proc/net/route', `${HEAD}\nens6\t${ROUTE}\n`);
    const { status: only } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect([primary[SLOT]?.reason, only[SLOT]?.reason]).toEqual([
      'PrimaryInterface',
      'DefaultRoute',
    ]);
    expect(kernel.commands).toEqual([]);
  });

  it('is not touched when the other one is of a row, too: the host would lose its way', async () => {
    const { agent, kernel } = tied(setUp());
    kernel.plug({ pciAddress: '0000:00:05.0', macAddress: '02:00:00:00:00:05', name: 'ens5' });

    const { status } = await agent.reconcile(
      hostState({
        [SLOT]: slotSpec(),
        other: slotSpec({ eniId: 'eni-05', macAddress: '02:00:00:00:00:05', deviceIndex: 1 }),
      }),
    );

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'DefaultRoute' });
    expect(kernel.commands).toEqual([]);
  });
});
