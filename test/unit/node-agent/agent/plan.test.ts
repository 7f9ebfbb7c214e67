import { describe, expect, it } from 'vitest';
import { describeAction } from '#node-agent/agent/actions.ts';
import { desiredFrom } from '#node-agent/agent/desired.ts';
import type { ObservedHost, PciDevice } from '#node-agent/agent/observed.ts';
import { parseState } from '#node-agent/agent/parse-state.ts';
import { normalPciAddress } from '#node-agent/agent/pci-address.ts';
import { planHost } from '#node-agent/agent/plan.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { SETTINGS } from '../scratch-host.ts';

const LINK = {
  ifindex: 7,
  name: 'ens6',
  altNames: ['eni-06', 'eth2'],
  macAddress: '02:00:00:00:00:06',
  pciAddress: '0000:00:06.0',
  mtuBytes: 9001,
  maxMtuBytes: 9216,
  txQueueLength: 1000,
  isUp: true,
  isSettled: true,
  acceptsRouterAdvertisements: false,
  children: [],
};

const ENA: PciDevice = {
  address: LINK.pciAddress,
  birth: '1',
  id: '1d0f:ec20',
  driver: 'ena',
  isNoIommu: false,
  nodes: [],
};

/** A host on which nothing is left to do. */
const observed = (changes: Partial<ObservedHost> = {}): ObservedHost => ({
  links: [LINK],
  takenNames: ['ens6', 'eni-06', 'eth2'],
  devices: [ENA],
  uplinks: ['ens5'],
  defaultLinks: ['ens5'],
  holders: {},
  addressesInPods: {},
  settings: {},
  managers: [],
  noIommu: 'absent',
  hugePages: 64,
  drivers: ['ena'],
  isWriteCombining: false,
  memory: {
    devices: { [LINK.macAddress]: LINK.pciAddress },
    births: { [LINK.macAddress]: ENA.birth },
  },
  pluginConfig: { isBackedUp: false },
  canRestartPlugin: true,
  ...changes,
});

const planOf = (host: ObservedHost, row = slotSpec()) =>
  planHost(desiredFrom(hostState({ [SLOT]: row })), host, SETTINGS);

describe('planHost', () => {
  it('is empty when the host is as asked', () => {
    const { plugin, slots, leftovers } = planOf(observed());

    expect({ plugin, leftovers, actions: slots[0]?.actions, finding: slots[0]?.finding }).toEqual({
      plugin: [],
      leftovers: [],
      actions: [],
      finding: undefined,
    });
  });

  it('can be read by people', () => {
    const [slot] = planOf(
      observed({
        links: [{ ...LINK, mtuBytes: 1500, isUp: false, acceptsRouterAdvertisements: true }],
        memory: { devices: {} },
        managers: [{ name: 'NetworkManager', managedIfindexes: [7], eniIds: [] }],
      }),
    ).slots;

    const { preparations = [], actions = [], remember } = slot ?? {};
    const all = [...preparations, ...actions, ...(remember === undefined ? [] : [remember])];
    expect(all.map(describeAction)).toEqual([
      'make NetworkManager leave ens6 alone',
      'keep routers from giving ens6 addresses and routes',
      'set the MTU of ens6 to 9001',
      'set ens6 up',
      'remember 02:00:00:00:00:06 at 0000:00:06.0',
    ]);
  });

  it('notes that systemd-networkd manages a link in spite of our file', () => {
    const { slots } = planOf(
      observed({
        managers: [{ name: 'systemd-networkd', managedIfindexes: [7], eniIds: ['eni-06'] }],
      }),
    );

    expect(slots[0]?.notes).toEqual([expect.objectContaining({ reason: 'StillManaged' })]);
  });

  it('forgets a device that is gone, and remembers one that may be in use', () => {
    const devices = { '02:00:00:00:00:0a': '0000:00:0a.0', '02:00:00:00:00:0b': '0000:00:0b.0' };
    const bound = { ...ENA, address: '0000:00:0b.0', driver: 'vfio-pci', isNoIommu: true };
    const host = observed();

    const { leftovers } = planOf({
      ...host,
      devices: [...host.devices, bound],
      memory: { devices: { ...host.memory.devices, ...devices } },
    });

    expect(leftovers).toEqual([{ type: 'forget', macAddress: '02:00:00:00:00:0a' }]);
  });

  it('takes the device of one row for no other row', () => {
    const rows = {
      a: slotSpec(),
      b: slotSpec({ eniId: 'eni-b', macAddress: '02:00:00:00:00:0b' }),
    };
    const host = observed({
      memory: {
        devices: { '02:00:00:00:00:06': '0000:00:06.0', '02:00:00:00:00:0b': '0000:00:06.0' },
      },
      links: [],
    });

    const { slots } = planHost(desiredFrom(hostState(rows)), host, SETTINGS);

    expect(slots.map(({ finding }) => finding?.reason)).toEqual(['LinkMissing', 'DeviceClaimed']);
  });

  it.each([
    { driver: undefined, birth: '2', reason: 'DeviceNotSeen' },
    { driver: 'ena', birth: '2', reason: 'DeviceNotSeen' },
    // An interrupted bind leaves the device without a driver, and it is the same device.
    { driver: undefined, birth: '1', reason: undefined },
    { driver: 'igb_uio', birth: '2', reason: undefined },
  ])(
    'knows from its birth whether a device with driver $driver is the one that was bound',
    ({ driver, birth, reason }) => {
      const { driver: _kernels, ...device } = ENA;
      const host = observed({
        links: [],
        drivers: ['ena', 'vfio-pci'],
        noIommu: 'on',
        devices: [{ ...device, birth, ...(driver && { driver }) }],
      });

      const { slots } = planOf(host, slotSpec({ dpdk: { driver: 'vfio-pci' } }));

      const binds = slots[0]?.actions.some(({ type }) => type === 'bind');
      expect(slots[0]?.finding?.reason).toBe(reason);
      expect(binds).toBe(reason === undefined);
    },
  );

  it.each([
    { driver: 'igb_uio', isWriteCombining: false, reason: 'NoWriteCombining' },
    { driver: 'igb_uio', isWriteCombining: true, reason: undefined },
    { driver: 'igb_uio', isWriteCombining: undefined, reason: 'WriteCombiningUnknown' },
    { driver: 'vfio-pci', isWriteCombining: false, reason: 'WriteCombiningUnknown' },
  ])('notes $reason of an ENA with $driver', ({ driver, isWriteCombining, reason }) => {
    const { isWriteCombining: _known, ...others } = observed();
    const host = {
      ...others,
      ...(isWriteCombining !== undefined && { isWriteCombining }),
      links: [],
      drivers: ['ena', driver],
      devices: [{ ...ENA, driver }],
    };

    const { slots } = planOf(host, slotSpec({ dpdk: { driver } }));

    expect(slots[0]?.notes[0]?.reason).toBe(reason);
  });
});

describe('desiredFrom', () => {
  it('leaves out rows whose ENI is not known yet', () => {
    const { eniId: _eni, ...withoutEni } = slotSpec();
    const { macAddress: _mac, ...withoutMac } = slotSpec();

    expect(desiredFrom(hostState({ a: withoutEni, b: withoutMac }))).toEqual([]);
  });

  it('goes by network card, then by index', () => {
    const rows = {
      a: slotSpec({ networkCardIndex: 1, deviceIndex: 1 }),
      b: slotSpec({ deviceIndex: 10 }),
      c: slotSpec({ deviceIndex: 9 }),
    };

    expect(desiredFrom(hostState(rows)).map(({ slot }) => slot)).toEqual(['c', 'b', 'a']);
  });

  it('takes MTU 0 for none', () => {
    expect(desiredFrom(hostState({ a: slotSpec({ mtu: 0 }) }))[0]).not.toHaveProperty('mtuBytes');
  });

  it('trusts a reported PCI address only when it is of the same ENI', () => {
    const rows = { [SLOT]: slotSpec({ eniId: 'eni-new' }) };
    const host = { [SLOT]: { eniId: 'eni-old', generation: 1, pciAddress: '0000:00:06.0' } };

    expect(desiredFrom(hostState(rows, host))[0]).not.toHaveProperty('lastPciAddress');
  });
});

describe('parseState', () => {
  it('takes a stored object with all its metadata', () => {
    const state = parseState({ kind: 'NodeENIState', metadata: { name: 'i-1' }, spec: {} });

    expect(state).toEqual({ spec: {} });
  });

  it('names every fault', () => {
    const { generation: _none, ...row } = slotSpec();

    const faults = parseState({ spec: { interfaces: { [SLOT]: { ...row, mtu: 'big' } } } });

    expect(faults).toContain(`spec.interfaces.${SLOT}.generation`);
    expect(faults).toContain(`spec.interfaces.${SLOT}.mtu`);
  });

  const read = (row: object) =>
    parseState({ spec: { interfaces: { [SLOT]: { ...slotSpec(), ...row }, other: slotSpec() } } });

  it.each([
    ['a part of a field', { link: { rings: { rx: 512, huge: 1 } } }, ['link.rings.huge']],
    ['a value of a setting', { link: { offloads: { gro: 'auto' } } }, ['link']],
    ['a mode', { linkMode: 'Bridged' }, ['linkMode']],
  ])('reads what it knows of a row, and names %s that it does not', (_what, row, unknown) => {
    const state = read(row);

    expect(state).toMatchObject({
      spec: { interfaces: { [SLOT]: { eniId: 'eni-06', mtu: 9001 }, other: slotSpec() } },
      unknownParts: { [SLOT]: unknown },
    });
  });

  it('leaves a link alone whose mode it does not know', () => {
    expect(read({ linkMode: 'Bridged' })).toMatchObject({
      spec: { interfaces: { [SLOT]: { linkMode: 'Unmanaged' } } },
    });
  });

  it('knows nothing of what the functions keep for themselves, and does not name it', () => {
    expect(read({ memory: { of: 'ours' } })).not.toHaveProperty('unknownParts');
  });

  it('reads no row whose driver it cannot read: without it the device would be given back', () => {
    expect(read({ dpdk: { driver: 7 } })).toContain(`spec.interfaces.${SLOT}.dpdk.driver`);
  });
});

describe('normalPciAddress', () => {
  it.each([
    ['0000:00:06.0', '0000:00:06.0'],
    ['00:06.0', '0000:00:06.0'],
    ['0000:00:0A.0', '0000:00:0a.0'],
    ['eth2', 'eth2'],
  ])('writes %s as %s', (address, expected) => {
    expect(normalPciAddress(address)).toBe(expected);
  });
});
