import { describe, expect, it } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { sendDatagram } from '#test/support/node/datagram.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createStage } from '#test/support/node/stage.ts';

/** What a datagram carries in one Ethernet frame of MTU 9001, beside the headers of IPv4 and UDP. */
const JUMBO_BYTES = 9001 - 20 - 8;

describe('an interface that is attached', () => {
  it('is set up with its MTU, and reported', async () => {
    const { host, ask, reported, startAgent } = await createStage();
    await ask({ [slotOf(2)]: rowOf(2) });
    startAgent();
    await eventually(async () =>
      expect(await reported()).toMatchObject({ [slotOf(2)]: { reason: 'DeviceNotSeen' } }),
    );

    await host.attach(attachmentOf(2, 'ens6'));

    await eventually(async () =>
      expect(await reported()).toEqual({
        [slotOf(2)]: {
          eniId: 'eni-02',
          generation: 1,
          interfaceName: 'ens6',
          mtu: 9001,
          pciAddress: '0000:00:02.0',
          driver: 'ena',
          configured: true,
        },
      }),
    );
    expect(await host.link('ens6')).toEqual({
      name: 'ens6',
      mtu: 9001,
      isUp: true,
      altNames: ['eni-02', 'eth2'],
    });
  });

  it('carries jumbo frames to its subnet and back', async () => {
    const { host, ask, reported, startAgent } = await createStage();
    await ask({ [slotOf(2)]: rowOf(2) });
    startAgent();
    const [attached] = await host.attach(attachmentOf(2, 'ens6'));
    await eventually(async () =>
      expect(await reported()).toMatchObject({ [slotOf(2)]: { configured: true } }),
    );
    // Addresses are not the agent's: a pod's network plugin gives them to a child of the link.
    await host.namespace.ip('address', 'add', '192.0.2.2/24', 'dev', 'ens6');
    await host.subnet.ip('address', 'add', '192.0.2.1/24', 'dev', attached?.wire ?? '');

    const out = await sendDatagram(host.namespace, host.subnet, '192.0.2.1', JUMBO_BYTES);
    const back = await sendDatagram(host.subnet, host.namespace, '192.0.2.2', JUMBO_BYTES);

    expect(out).toEqual({ bytes: JUMBO_BYTES, fragments: 0 });
    expect(back).toEqual({ bytes: JUMBO_BYTES, fragments: 0 });
  });

  it('is configured although it was there before the agent', async () => {
    const { host, ask, reported, startAgent } = await createStage();
    await ask({ [slotOf(2)]: rowOf(2) });
    await host.attach(attachmentOf(2, 'ens6'));

    startAgent();

    await eventually(async () =>
      expect(await reported()).toMatchObject({ [slotOf(2)]: { configured: true } }),
    );
    expect(await host.link('ens6')).toMatchObject({ mtu: 9001, isUp: true });
  });

  it('takes no address and no route from a router of its subnet', async () => {
    const { host, ask, reported, startAgent } = await createStage();
    await ask({ [slotOf(2)]: rowOf(2) });
    await host.attach(attachmentOf(2, 'ens6'), attachmentOf(3, 'ens7'));
    const accepts = async (link: string) =>
      (await host.namespace.run('cat', `/proc/sys/net/ipv6/conf/${link}/accept_ra`)).trim();
    const before = [await accepts('ens6'), await accepts('ens7')];

    startAgent();

    await eventually(async () =>
      expect(await reported()).toMatchObject({ [slotOf(2)]: { configured: true } }),
    );
    expect(before).toEqual(['1', '1']);
    expect([await accepts('ens6'), await accepts('ens7')]).toEqual(['0', '1']);
  });

  it('is not touched before udev has given it its name', async () => {
    const { host, ask, reported, startAgent } = await createStage();
    await ask({ [slotOf(2)]: rowOf(2) });
    startAgent();
    const [attached] = await host.attach({ ...attachmentOf(2, 'eth0'), isSettled: false });
    await eventually(async () =>
      expect(await reported()).toMatchObject({ [slotOf(2)]: { reason: 'WaitingForUdev' } }),
    );
    const before = await host.link('eth0');

    if (attached !== undefined) await host.rename(attached, 'ens6');
    await host.tree.settle(attached?.ifindex ?? 0);

    expect(before).toMatchObject({ mtu: 1500, isUp: false, altNames: [] });
    await eventually(async () =>
      expect(await host.link('ens6')).toMatchObject({
        mtu: 9001,
        isUp: true,
        altNames: ['eni-02', 'eth2'],
      }),
    );
  });
});

describe('the name of a link', () => {
  it.each([
    ['eth1', 1, ['eni-01']],
    ['ens6', 2, ['eni-02', 'eth2']],
    ['enp0s6', 3, ['eni-03', 'eth3']],
    ['enX1', 4, ['eni-04', 'eth4']],
  ] as const)('may be %s', async (name, index, altNames) => {
    const { host, ask, reported, startAgent } = await createStage();
    await ask({ [slotOf(index)]: rowOf(index) });
    startAgent();

    await host.attach(attachmentOf(index, name));

    await eventually(async () =>
      expect(await reported()).toMatchObject({
        [slotOf(index)]: { configured: true, interfaceName: name },
      }),
    );
    expect(await host.link(name)).toEqual({ name, mtu: 9001, isUp: true, altNames });
  });

  it('is reported when another link has the name of its index, which changes nothing else', async () => {
    const { host, ask, reported, startAgent } = await createStage();
    const [stranger, ours] = [attachmentOf(30, 'eth2'), attachmentOf(2, 'ens6')];
    await ask({ [slotOf(2)]: rowOf(2) });
    startAgent();

    await host.attach(stranger, ours);

    await eventually(async () =>
      expect(await reported()).toMatchObject({
        [slotOf(2)]: { configured: true, reason: 'AltNameTaken' },
      }),
    );
    expect(await host.link('ens6')).toMatchObject({
      mtu: 9001,
      isUp: true,
      altNames: ['eni-02'],
    });
    expect(await host.link('eth2')).toMatchObject({ mtu: 1500, isUp: false });
  });
});
