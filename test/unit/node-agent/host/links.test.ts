import { describe, expect, it } from 'vitest';
import { createLinkTable } from '#node-agent/host/links.ts';
import { createIsSettled } from '#node-agent/host/udev.ts';
import { hostFixture } from '../fixture.ts';
import { createScratchTree } from '../scratch-tree.ts';

const setUp = () => {
  const tree = createScratchTree();
  const clock = { seconds: 0 };
  const devices = {
    ens5: 'pci0000:00/0000:00:05.0',
    ens6: 'pci0000:00/0000:00:06.0',
    ens7: 'pci0000:00/0000:00:07.0/virtio2',
    enp39s0: 'pci0000:20/0000:20:01.0/0000:27:00.0',
  };
  for (const [name, device] of Object.entries(devices)) {
    tree.file(`sys/devices/${device}/uevent`, '');
    tree.link(`sys/class/net/${name}/device`, `../../../devices/${device}`);
  }
  const table = createLinkTable(
    tree.roots,
    async () => hostFixture('ip-link.json'),
    createIsSettled(tree.roots, () => clock.seconds),
  );
  return { tree, clock, table };
};

describe('createLinkTable', () => {
  it('lists the links that a PCI device backs, with the address of virtio’s parent and of a device behind a bridge', async () => {
    const { table } = setUp();

    const { links } = await table.list();

    expect(links.map(({ name, pciAddress }) => [name, pciAddress])).toEqual([
      ['ens5', '0000:00:05.0'],
      ['ens6', '0000:00:06.0'],
      ['ens7', '0000:00:07.0'],
      ['enp39s0', '0000:27:00.0'],
    ]);
  });

  it('reads what a plan needs', async () => {
    const { table, tree } = setUp();
    tree.file('run/udev/data/n7', 'E:ID_NET_NAME=ens6\n');

    const { links } = await table.list();

    expect(links[1]).toEqual({
      ifindex: 7,
      name: 'ens6',
      altNames: [],
      macAddress: '02:00:00:00:00:06',
      pciAddress: '0000:00:06.0',
      mtuBytes: 1500,
      maxMtuBytes: 9216,
      txQueueLength: 1000,
      isUp: false,
      isSettled: true,
      acceptsRouterAdvertisements: false,
      children: [],
    });
  });

  it('takes the burnt-in address of a link that has another one', async () => {
    const { table } = setUp();

    const { links } = await table.list();

    expect(links.find(({ name }) => name === 'enp39s0')?.macAddress).toBe('02:00:00:00:00:27');
  });

  it('knows the links that are stacked on another one', async () => {
    const { table } = setUp();

    const { links } = await table.list();

    expect(links.find(({ name }) => name === 'ens7')?.children).toEqual(['mac0']);
  });

  it('counts every name as taken, alternative names and those of software links too', async () => {
    const { table } = setUp();

    const { takenNames } = await table.list();

    expect(takenNames).toEqual(
      expect.arrayContaining(['lo', 'ens5', 'enp0s5', 'device-number-0.0', 'veth02', 'mac0']),
    );
  });

  it('lists nothing when ip says nothing, as it does without links', async () => {
    const { tree } = setUp();
    const isSettled = createIsSettled(tree.roots, () => 0);

    const table = createLinkTable(tree.roots, async () => '', isSettled);

    await expect(table.list()).resolves.toEqual({ links: [], takenNames: [] });
  });
});

describe('createIsSettled', () => {
  it.each([
    { name: 'there is no entry', entry: undefined, expected: false },
    {
      name: 'the entry says that it is being renamed',
      entry: 'E:ID_RENAMING=1\n',
      expected: false,
    },
    { name: 'the entry says nothing of it', entry: 'E:ID_NET_DRIVER=ena\n', expected: true },
  ])('says $expected when $name', async ({ entry, expected }) => {
    const { tree } = setUp();
    if (entry !== undefined) tree.file('run/udev/data/n4', entry);

    await expect(createIsSettled(tree.roots, () => 0)(4)).resolves.toBe(expected);
  });

  it('waits three seconds from when it was first seen, for each link on its own', async () => {
    const { tree, clock } = setUp();
    const isSettled = createIsSettled(tree.roots, () => clock.seconds);
    await isSettled(4);
    clock.seconds = 2.9;

    const tooEarly = [await isSettled(4), await isSettled(5)];
    clock.seconds = 3;

    expect(tooEarly).toEqual([false, false]);
    expect([await isSettled(4), await isSettled(5)]).toEqual([true, false]);
  });
});
