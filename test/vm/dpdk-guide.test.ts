import { describe, expect, it, onTestFinished } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createAgentStage } from '#test/support/vm/agent-stage.ts';
import { runCniPlugin } from '#test/support/vm/cni-plugin.ts';
import {
  asContainer,
  CAPABILITIES_OF_THE_GUIDE,
  networkOfTheGuide,
} from '#test/support/vm/dpdk-guide.ts';
import { startTestpmd } from '#test/support/vm/dpdk-program.ts';
import { startProgram } from '#test/support/vm/guest-agent.ts';
import { lookAtDevice, lookAtLink } from '#test/support/vm/look.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const NUMBER = 6;
const ADDRESS = '0000:00:06.0';
const SLOT = slotOf(NUMBER);
const NETWORK = networkOfTheGuide(ADDRESS);
const NET1 = { namespace: 'pod', name: 'net1' };
const row = (changes: Partial<SlotSpec>) => ({
  [SLOT]: rowOf(NUMBER, { deviceIndex: 2, ...changes }),
});

describe('the recipes of the guide on DPDK, on an instance without an IOMMU', () => {
  const machine = useMachine({ kind: 'virtual', vfio: 'rebuilt' });

  const plug = async (): Promise<void> => {
    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    onTestFinished(() => machine().unplug(1));
  };
  const makePod = async (): Promise<void> => {
    await machine().tell('ip netns add pod');
    onTestFinished(async () => {
      await machine().tell('ip netns delete pod');
    });
  };

  it('give a pod the link of the kernel by its PCI address, tell who has it, and set it up again when it comes back', async () => {
    const { ask, untilReported, pluginStarts } = await createAgentStage(machine());
    await plug();
    ask(row({ resourceName: 'amazon.com/ena_kernel' }));
    await untilReported(SLOT, { configured: true, interfaceName: 'ens6', mtu: 9001 });
    await makePod();

    const added = await runCniPlugin(machine(), 'ADD', NETWORK, NET1);
    const inPod = await lookAtLink(machine(), 'net1', 'pod');
    const program = await startProgram(machine(), 'ip netns exec pod sleep 600');
    onTestFinished(() => program.end('KILL'));
    ask(row({ resourceName: 'amazon.com/ena_kernel', generation: 2 }));
    await untilReported(SLOT, {
      ...{ configured: true, generation: 2, mtu: 9001, pciAddress: ADDRESS },
      inUseBy: `sleep (process ${program.pid})`,
    });
    await runCniPlugin(machine(), 'DEL', NETWORK, NET1);
    await program.end('KILL');
    ask(row({ resourceName: 'amazon.com/ena_kernel', generation: 3 }));
    await untilReported(SLOT, { configured: true, generation: 3, interfaceName: 'ens6' });

    expect(pluginStarts).toEqual([[{ address: ADDRESS, driver: 'e1000e' }]]);
    expect(added).toMatchObject({ ips: [{ address: '10.0.2.20/24' }] });
    expect(inPod).toMatchObject({ mtu: 9001, flags: expect.arrayContaining(['UP']) });
    expect(await lookAtLink(machine(), 'ens6')).toMatchObject({
      ...{ mtu: 9001, flags: expect.arrayContaining(['UP']) },
    });
  });

  it('serve a program that has the capabilities of the pod there, and none that has fewer; host-device leaves the device', async () => {
    const { ask, untilReported } = await createAgentStage(machine());
    await plug();
    ask(row({ dpdk: { driver: 'vfio-pci', resourceName: 'amazon.com/ena_dpdk' } }));
    await untilReported(SLOT, { configured: true, driver: 'vfio-pci' });
    await makePod();
    await runCniPlugin(machine(), 'ADD', NETWORK, NET1);
    const inPod = 'ip netns exec pod';
    const fewer = CAPABILITIES_OF_THE_GUIDE.filter((name) => name !== 'sys_admin');

    const program = await startTestpmd(
      machine(),
      ADDRESS,
      `${inPod} ${asContainer(CAPABILITIES_OF_THE_GUIDE)}`,
    );
    const said = await program.output();
    await program.end();
    const withFewer = startTestpmd(machine(), ADDRESS, `${inPod} ${asContainer(fewer)}`);

    await expect(withFewer).rejects.toThrow(`${ADDRESS} cannot be used`);
    await runCniPlugin(machine(), 'DEL', NETWORK, NET1);
    expect(said).toContain('No-IOMMU');
    expect(said).not.toContain('cannot be used');
    expect(await lookAtDevice(machine(), ADDRESS)).toMatchObject({ driver: 'vfio-pci' });
  });
});
