import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };

const setUp = () => {
  const scratch = createScratchHost();
  scratch.kernel.plug(ENS6);
  return { ...scratch, agent: scratch.startAgent() };
};

const OFFERED = { pciAddress: PCI, resourceName: 'amazon.com/ena' };
const ENS7 = { pciAddress: '0000:00:07.0', macAddress: '02:00:00:00:00:07', name: 'ens7' };
const PLAIN = slotSpec({ eniId: 'eni-07', macAddress: ENS7.macAddress, deviceIndex: 3 });

describe('what is broken for one interface keeps no other from being served', () => {
  it('when the configuration of the device plugin is a folder', async () => {
    const { agent, kernel, pluginConfigPath } = setUp();
    kernel.plug(ENS7);
    mkdirSync(pluginConfigPath, { recursive: true });

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec(OFFERED), plain: PLAIN }),
    );

    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'CorruptPluginConfig' });
    expect(status[SLOT]?.message).toContain('EISDIR');
    expect(status.plain).toMatchObject({ configured: true });
    expect(kernel.linkOf(PCI)).toMatchObject({ mtu: 9001, isUp: true });
  });

  it('when nothing can be remembered, which only DPDK needs', async () => {
    const { agent, kernel, tree } = setUp();
    kernel.plug(ENS7);
    kernel.setNoIommu('Y');
    mkdirSync(tree.path('run/nodeeni/state.json/x'), { recursive: true });

    const { status } = await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ dpdk: { driver: 'vfio-pci' } }), plain: PLAIN }),
    );

    expect(status.plain).toMatchObject({ configured: true, reason: 'NotRemembered' });
    expect(kernel.linkOf(ENS7.pciAddress)).toMatchObject({ mtu: 9001, isUp: true });
    expect(status[SLOT]).toMatchObject({ configured: false, reason: 'NotRemembered' });
    expect(kernel.driverOf(PCI)).toBe('ena');
  });

  it('when the state of a service of the host cannot be read', async () => {
    const { agent, kernel, tree } = setUp();
    mkdirSync(tree.path('run/systemd/netif/links/7'), { recursive: true });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec() }));

    expect(status[SLOT]).toMatchObject({ configured: true });
    expect(kernel.linkOf(PCI)).toMatchObject({ mtu: 9001, isUp: true });
  });
});
