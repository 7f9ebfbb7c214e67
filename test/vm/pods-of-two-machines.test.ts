import { describe, expect, it, onTestFinished } from 'vitest';
import { macAddressOf } from '#test/support/node/rows.ts';
import { createEc2Switch } from '#test/support/vm/ec2-switch.ts';
import { IPV6, openNode, rangesOf } from '#test/support/vm/pod-node.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const MINUTE_MS = 60_000;

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
