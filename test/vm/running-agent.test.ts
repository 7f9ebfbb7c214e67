import { describe, expect, it, onTestFinished } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createAgentStage } from '#test/support/vm/agent-stage.ts';
import { startProgram } from '#test/support/vm/guest-agent.ts';
import { lookAtLink } from '#test/support/vm/look.ts';
import type { Plug } from '#test/support/vm/machine.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

/** The ENI of that number comes at 0000:00:<number>.0. */
const FIRST = 6;
const SLOT = slotOf(FIRST);
const row = (changes: Partial<SlotSpec> = {}) => rowOf(FIRST, { deviceIndex: 2, ...changes });

describe('an agent that runs on a virtual instance', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'rebuilt' });

  const attach = async (number = FIRST, model: Plug['model'] = 'e1000e'): Promise<void> => {
    const position = number - 5;
    await machine().plug({ position, macAddress: macAddressOf(number), model });
    onTestFinished(() => machine().unplug(position));
  };

  it('sets an interface that is plugged in to its MTU and up, and gives it its index as a name', async () => {
    const { ask, untilReported } = await createAgentStage(machine());
    ask({ [SLOT]: row() });
    await untilReported(SLOT, { configured: false, reason: 'DeviceNotSeen' });

    await attach();

    await untilReported(SLOT, {
      configured: true,
      interfaceName: 'ens6',
      pciAddress: '0000:00:06.0',
      mtu: 9001,
    });
    expect(await lookAtLink(machine(), 'eth2')).toMatchObject({
      ifname: 'ens6',
      address: macAddressOf(FIRST),
      mtu: 9001,
      flags: expect.arrayContaining(['UP']),
      altnames: expect.arrayContaining(['eth2']),
    });
  });

  it('lets a pod’s ipvlan be made on the name eth2, with the MTU of its parent', async () => {
    const { ask, untilReported } = await createAgentStage(machine());
    ask({ [SLOT]: row() });
    await attach();
    await untilReported(SLOT, { configured: true });

    await machine().tell(`
      ip netns add pod
      ip link add link eth2 name net1 type ipvlan mode l2
      ip link set dev net1 netns pod
      ip -n pod link set dev net1 up`);
    onTestFinished(async () => {
      await machine().tell('ip netns delete pod');
    });

    expect(await lookAtLink(machine(), 'net1', 'pod')).toMatchObject({ mtu: 9001 });
  });

  it('says of a link in a pod what it is there, and finds it although it was taken at once', async () => {
    const { ask, untilReported } = await createAgentStage(machine());
    await attach();
    await machine().tell('until [ -e /sys/class/net/ens6 ]; do sleep 0.1; done; ip netns add pod');
    await machine().tell('ip link set dev ens6 netns pod; ip -n pod link set dev ens6 name net1');
    const program = await startProgram(machine(), 'ip netns exec pod sleep 600');
    onTestFinished(async () => {
      await program.end();
      await machine().tell('ip netns delete pod');
    });

    ask({ [SLOT]: row() });
    await untilReported(SLOT, { configured: false, reason: 'InUse', mtu: 1500 });
    await machine().tell('ip -n pod link set dev net1 mtu 9001');
    ask({ [SLOT]: row({ generation: 2 }) });

    await untilReported(SLOT, {
      configured: true,
      generation: 2,
      mtu: 9001,
      pciAddress: '0000:00:06.0',
      inUseBy: expect.stringContaining('sleep') as unknown as string,
    });
  });

  it('waits for udev: four that come at once keep the names that udev gives them', async () => {
    const numbers = [6, 7, 8, 9];
    const { ask, untilReported } = await createAgentStage(machine());
    ask(Object.fromEntries(numbers.map((number) => [slotOf(number), rowOf(number)])));

    for (const number of numbers) await attach(number);

    for (const number of numbers)
      await untilReported(slotOf(number), {
        configured: true,
        interfaceName: `ens${number}`,
        mtu: 9001,
      });
    const names = await machine().tell('ls /sys/class/net');
    expect(names.split('\n')).toEqual(expect.arrayContaining(['ens6', 'ens7', 'ens8', 'ens9']));
    expect(names).not.toContain('eth');
  });

  it('says what the most is when a driver takes no MTU of 9001, and sets the link up', async () => {
    const { ask, untilReported } = await createAgentStage(machine());
    ask({ [SLOT]: row() });

    await attach(FIRST, 'vmxnet3');

    await untilReported(SLOT, { configured: false, reason: 'MtuTooLarge', mtu: 1500 });
    expect(await lookAtLink(machine(), 'eth2')).toMatchObject({
      flags: expect.arrayContaining(['UP']),
    });
  });

  it('never touches the link of the default route, whatever is asked of it', async () => {
    const { ask, untilReported } = await createAgentStage(machine());
    const before = await lookAtLink(machine(), 'ens5');

    ask({ [SLOT]: row({ macAddress: macAddressOf(5), mtu: 1400, dpdk: { driver: 'vfio-pci' } }) });

    await untilReported(SLOT, { configured: false, reason: 'DefaultRoute' });
    expect(await lookAtLink(machine(), 'ens5')).toEqual(before);
  });
});
