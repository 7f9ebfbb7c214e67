import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createAgentStage } from '#test/support/vm/agent-stage.ts';
import { createEc2Switch, type SwitchPort } from '#test/support/vm/ec2-switch.ts';
import type { Machine } from '#test/support/vm/machine.ts';
import { createPodGuest } from '#test/support/vm/pod-guest.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const MINUTE_MS = 60_000;
/** Two emulated machines share the processors of this one. */
const PATIENCE_SECONDS = 180;
const PATIENCE = { timeout: PATIENCE_SECONDS * 1000, interval: 500 };
const READY = { configured: true, podNetwork: { state: 'Ready', addresses: 2 } };
const IPV6 = '2600:1f14:abc:de00';

/** Prefixes of the ENI of that number: two addresses of IPv4 for pods, so that all of them are soon in use. */
const rangesOf = (number: number) => ({
  ipv4: `10.0.64.${16 * number}/31`,
  ipv6: `${IPV6}:${number}::/80`,
});
const networkOf = (number: number, mode: PodNetworkRecord['mode'] = 'l2'): PodNetworkRecord => ({
  ...{ name: 'data', type: 'ipvlan', mode, spare: 0 },
  subnets: [
    { cidr: '10.0.64.0/24', gateway: '10.0.64.1', ranges: [rangesOf(number).ipv4] },
    { cidr: `${IPV6}::/64`, gateway: 'fe80:ec2::1', ranges: [rangesOf(number).ipv6] },
  ],
});

/** A node whose ENI, of that number, is in the switch; its agent has made the network. */
const openNode = async (machine: Machine, number: number, port: SwitchPort) => {
  const guest = await createPodGuest(machine, 'data');
  await guest.install();
  const stage = await createAgentStage(machine, guest.options);
  const slot = slotOf(number);
  stage.ask({ [slot]: rowOf(number, { deviceIndex: 2, podNetwork: networkOf(number) }) });
  await machine.plug({ position: 1, macAddress: macAddressOf(number), port });
  onTestFinished(() => machine.unplug(1));
  const untilReady = () =>
    vi.waitFor(() => expect(stage.reported()[slot]).toMatchObject(READY), PATIENCE);
  await untilReady();
  return { ...guest, stage, untilReady };
};

const OF_BOTH_FAMILIES = (number: number) => [
  expect.stringContaining(`10.0.64.${16 * number}`),
  expect.stringContaining(`${IPV6}:${number}:`),
];

describe('pods of two virtual machines', () => {
  const first = useMachine({ kind: 'virtual', vfio: 'stock' });
  const second = useMachine({ kind: 'virtual', vfio: 'stock' });

  it(
    'reach each other by ipvlan through a VPC that knows their addresses, and not by any other address',
    async () => {
      const subnet = createEc2Switch();
      onTestFinished(subnet.close);
      const [one, two] = await Promise.all(
        [first, second].map(async (machine, at) => {
          const number = at + 6;
          const blocks = Object.values(rangesOf(number));
          const port = await subnet.connect({ macAddress: macAddressOf(number), blocks });
          return openNode(machine(), number, port);
        }),
      );
      for (const result of await Promise.all([one?.start('a'), two?.start('b')]))
        expect(result).toEqual({ ...result, code: 0 });
      const own = (await one?.addresses('a')) ?? [];
      const other = (await two?.addresses('b')) ?? [];
      const ping = async (address: string, options = '') =>
        (await first().run(`ip netns exec a ping -c 2 -W 5 ${options} ${address}`)).code;

      const byIpv4 = await ping(other[0] ?? '');
      const jumbo = await ping(other[0] ?? '', '-M do -s 8973');
      const byIpv6 = await ping(other[1] ?? '');
      const before = subnet.dropped()['source address'] ?? 0;
      await first().tell(`
        ip -n a address add 10.0.64.200/24 dev net1
        ip -n a address add ${IPV6}:99::1/64 dev net1 nodad`);
      const strange = [
        await ping(other[0] ?? '', '-I 10.0.64.200'),
        await ping(other[1] ?? '', `-I ${IPV6}:99::1`),
      ];

      expect(own).toEqual(OF_BOTH_FAMILIES(6));
      expect(other).toEqual(OF_BOTH_FAMILIES(7));
      expect({ byIpv4, jumbo, byIpv6 }).toEqual({ byIpv4: 0, jumbo: 0, byIpv6: 0 });
      expect(strange).toEqual([1, 1]);
      expect(subnet.dropped()['source address']).toBeGreaterThan(before);
      expect(subnet.dropped()).not.toHaveProperty('source MAC');
    },
    10 * MINUTE_MS,
  );
});

/** Each takes most of a minute; `REBOOTS=10` for the whole proof. */
const REBOOTS = Number(process.env.REBOOTS ?? 2);

describe('reboots of a node', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'stock' });

  it(
    'lose no address, and no pod gets one before the agent has found the link',
    async () => {
      const subnet = createEc2Switch();
      onTestFinished(subnet.close);
      const blocks = Object.values(rangesOf(6));
      const port = await subnet.connect({ macAddress: macAddressOf(6), blocks });
      const node = await openNode(machine(), 6, port);
      const rounds: unknown[] = [];

      for (let round = 0; round < REBOOTS; round += 1) {
        await machine().reboot();
        await node.install();
        const early = await node.start('early');
        await node.stage.startAgent();
        await machine().tell('until ip link show dev neni06; do sleep 0.2; done', PATIENCE_SECONDS);
        const pods = [`a${round}`, `b${round}`];
        for (const pod of pods) await node.start(pod);
        const addresses = await Promise.all(pods.map(node.addresses));
        rounds.push([early.code, ...addresses.map(([ipv4]) => ipv4).toSorted()]);
      }

      expect(rounds).toEqual(Array(REBOOTS).fill([1, '10.0.64.96', '10.0.64.97']));
    },
    30 * MINUTE_MS,
  );
});

describe('a network that is the interface itself', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'rebuilt' });
  const own: PodNetworkRecord = {
    ...{ name: 'data', type: 'host-device' },
    subnets: [{ cidr: '10.0.64.0/24', gateway: '10.0.64.1', ranges: ['10.0.64.15/32'] }],
  };
  const slot = slotOf(6);
  const NETWORK_READY = { configured: true, podNetwork: { state: 'Ready', addresses: 1 } };

  it.each([
    ['the kernel', 'e1000e', {}, '10.0.64.15/24'],
    ['a driver for DPDK', 'vfio-pci', { dpdk: { driver: 'vfio-pci' } }, 'no net1'],
  ])(
    'gives one pod the address of the ENI, and the link where %s has the device',
    async (_, driver, changes, seen) => {
      const guest = await createPodGuest(machine(), 'data');
      await guest.install();
      await machine().tell('rm -rf /run/nodeeni');
      const stage = await createAgentStage(machine(), guest.options);
      stage.ask({ [slot]: rowOf(6, { deviceIndex: 2, podNetwork: own, ...changes }) });
      await machine().plug({ position: 1, macAddress: macAddressOf(6) });
      onTestFinished(() => machine().unplug(1));
      await vi.waitFor(
        () => expect(stage.reported()[slot]).toMatchObject({ ...NETWORK_READY, driver }),
        PATIENCE,
      );
      const [first, second] = [`first-${driver}`, `second-${driver}`];
      onTestFinished(async () => {
        await machine().tell(`ip netns delete ${first}; ip netns delete ${second}`);
      });

      const added = await guest.start(first);
      const refused = await guest.start(second);

      expect(added).toEqual({ ...added, code: 0 });
      expect(refused.code).toBe(1);
      expect(await machine().tell('ls /run/nodeeni/addresses/data | grep 10')).toBe('10.0.64.15');
      const inPod = await machine().tell(
        `ip -n ${first} -br address show dev net1 2> /dev/null || echo no net1`,
      );
      expect(inPod).toContain(seen);
    },
    8 * MINUTE_MS,
  );
});
