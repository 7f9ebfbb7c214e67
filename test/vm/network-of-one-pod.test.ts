import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PodNetworkRecord } from '#core/apis/v1alpha1/pod-network-state.ts';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createAgentStage } from '#test/support/vm/agent-stage.ts';
import { createPodGuest } from '#test/support/vm/pod-guest.ts';
import { PATIENCE } from '#test/support/vm/pod-node.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const MINUTE_MS = 60_000;

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
