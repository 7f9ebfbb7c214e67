import { describe, expect, it } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };
const TABLE = '30002';
const ADDRESSED = {
  linkMode: 'Addressed',
  privateIpAddress: '10.0.2.15',
  secondaryPrivateIpAddresses: ['10.0.2.16'],
  subnetCidr: '10.0.2.0/24',
  gateway: '10.0.2.1',
} as const satisfies Partial<SlotSpec>;

const setUp = () => {
  const scratch = createScratchHost();
  scratch.kernel.plug(ENS6);
  let generation = 0;
  const agent = scratch.startAgent();
  const ask = (changes: Partial<SlotSpec>) => {
    generation += 1;
    return agent.reconcile(hostState({ [SLOT]: slotSpec({ ...changes, generation }) }));
  };
  return { ...scratch, agent, ask };
};

describe('a link with addresses', () => {
  it('has the primary one of its ENI, with a table and a rule of its own, and is configured then', async () => {
    const { ask, kernel } = setUp();

    const { status } = await ask(ADDRESSED);

    expect(kernel.addresses.addresses.get('ens6')).toEqual(['10.0.2.15/24']);
    expect(kernel.addresses.routesOf(TABLE)).toEqual([
      { dst: '10.0.2.0/24', dev: 'ens6', table: TABLE, prefsrc: '10.0.2.15' },
      { dst: 'default', dev: 'ens6', table: TABLE, gateway: '10.0.2.1' },
    ]);
    expect(kernel.addresses.rules).toMatchObject([{ src: '10.0.2.15', table: TABLE }]);
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('brings no route into the main table', async () => {
    const { ask, kernel } = setUp();

    await ask(ADDRESSED);

    expect(kernel.addresses.routesOf('main')).toEqual([]);
    expect(kernel.commands).toContain('ip address add 10.0.2.15/24 dev ens6 noprefixroute');
  });

  it('has one address of IPv6, by the router of every subnet', async () => {
    const { ask, kernel } = setUp();

    await ask({ ...ADDRESSED, ipv6Addresses: ['2600:1F18:0:1::a', '2600:1f18:0:1::b'] });

    expect(kernel.addresses.addresses.get('ens6')).toEqual([
      '10.0.2.15/24',
      '2600:1f18:0:1::a/128',
    ]);
    expect(kernel.addresses.routesOf(TABLE)).toContainEqual({
      ...{ dst: 'default', dev: 'ens6', table: TABLE, gateway: 'fe80:ec2::1' },
    });
    expect(kernel.addresses.rules).toContainEqual(
      expect.objectContaining({ src: '2600:1f18:0:1::a', table: TABLE }),
    );
  });

  it('keeps its address of IPv6 when the ENI gets another, also under an agent that is started anew', async () => {
    const { ask, kernel, startAgent } = setUp();
    await ask({ ...ADDRESSED, ipv6Addresses: ['2600:1f18:0:1::b'] });
    const state = hostState({
      [SLOT]: slotSpec({
        ...ADDRESSED,
        ipv6Addresses: ['2600:1f18:0:1::a', '2600:1f18:0:1::b'],
        generation: 9,
      }),
    });

    await startAgent().reconcile(state);

    expect(kernel.addresses.addresses.get('ens6')).toContain('2600:1f18:0:1::b/128');
    expect(kernel.addresses.addresses.get('ens6')).not.toContain('2600:1f18:0:1::a/128');
  });

  it.each([
    ['its address is taken off', 'ip address del 10.0.2.15/24 dev ens6'],
    ['its rule is removed', `ip -4 rule del from 10.0.2.15 lookup ${TABLE}`],
    ['its table is emptied', `ip -4 route del default via 10.0.2.1 dev ens6 table ${TABLE}`],
  ])('is put right after %s', async (_, command) => {
    const { ask, kernel } = setUp();
    await ask(ADDRESSED);
    const before = JSON.stringify([...kernel.addresses.addresses, kernel.addresses.rules]);
    const [file = '', ...args] = command.split(' ');
    await kernel.run(file, args);

    const { status } = await ask(ADDRESSED);

    expect(JSON.stringify([...kernel.addresses.addresses, kernel.addresses.rules])).toBe(before);
    expect(kernel.addresses.routesOf(TABLE)).toHaveLength(2);
    expect(status[SLOT]).toMatchObject({ configured: true });
  });

  it('keeps the addresses that somebody else gave it', async () => {
    const { ask, kernel } = setUp();
    await ask(ADDRESSED);
    await kernel.run('ip', ['address', 'add', '10.0.2.99/32', 'dev', 'ens6']);

    await ask({ linkMode: 'Up' });

    expect(kernel.addresses.addresses.get('ens6')).toEqual(['10.0.2.99/32']);
  });

  it.each([
    ['is to be up only', { linkMode: 'Up' }],
    ['is left to others', { linkMode: 'Unmanaged' }],
    ['is released', { ...ADDRESSED, phase: 'Releasing' }],
  ] as const)('loses what it was given when it %s', async (_, changes) => {
    const { ask, kernel } = setUp();
    await ask({ ...ADDRESSED, ipv6Addresses: ['2600:1f18:0:1::a'] });

    const { isConverged } = await ask(changes);

    expect(kernel.addresses.addresses.get('ens6')).toEqual([]);
    expect(kernel.addresses.routesOf(TABLE)).toEqual([]);
    expect(kernel.addresses.rules).toEqual([]);
    expect(isConverged).toBe(true);
  });

  it.each([
    [
      'while its row is there',
      { [SLOT]: slotSpec({ ...ADDRESSED, phase: 'Releasing', generation: 9 }) },
    ],
    ['when its row is gone too', {}],
  ])('leaves no rule behind when its ENI was detached, %s', async (_, rows) => {
    const { ask, agent, kernel } = setUp();
    await ask(ADDRESSED);
    kernel.unplug(PCI);

    await agent.reconcile(hostState(rows));
    await agent.reconcile(hostState({}));

    expect(kernel.addresses.rules).toEqual([]);
  });

  it('has the table of its new index when that changes', async () => {
    const { ask, kernel } = setUp();
    await ask(ADDRESSED);

    await ask({ ...ADDRESSED, deviceIndex: 3 });

    expect(kernel.addresses.rules).toMatchObject([{ src: '10.0.2.15', table: '30003' }]);
    expect(kernel.addresses.routesOf(TABLE)).toEqual([]);
    expect(kernel.addresses.routesOf('30003')).toHaveLength(2);
  });

  it('waits, and is up, while EC2 has told of no address', async () => {
    const { ask, kernel } = setUp();

    const { status } = await ask({ linkMode: 'Addressed' });

    expect(kernel.linkOf(PCI)).toMatchObject({ isUp: true, mtu: 9001 });
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'AddressUnknown' });
  });
});

describe('rules and routes of others', () => {
  it('stay as they are', async () => {
    const { ask, kernel } = setUp();
    const theirs = { priority: 512, src: '10.0.9.9', table: '2' };
    kernel.addresses.rules.push(theirs);
    await ask(ADDRESSED);

    await ask({ linkMode: 'Up' });

    expect(kernel.addresses.rules).toEqual([theirs]);
  });
});
