import { describe, expect, it, onTestFinished } from 'vitest';
import { macAddressOf } from '#test/support/node/rows.ts';
import { createEc2Switch } from '#test/support/vm/ec2-switch.ts';
import { openNode, PATIENCE_SECONDS, rangesOf } from '#test/support/vm/pod-node.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const MINUTE_MS = 60_000;

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
