import { describe, expect, it } from 'vitest';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };
const ENS7 = { pciAddress: '0000:00:07.0', macAddress: '02:00:00:00:00:07', name: 'ens7' };
const SEVENTH = slotSpec({ eniId: 'eni-07', macAddress: ENS7.macAddress, deviceIndex: 3 });

const setUp = () => {
  const scratch = createScratchHost();
  scratch.kernel.plug(ENS6);
  scratch.kernel.plug(ENS7);
  const agent = scratch.startAgent();
  const namesOf = (pciAddress: string) => scratch.kernel.linkOf(pciAddress)?.altNames;
  return { ...scratch, agent, namesOf };
};

describe('the name that a user gives a link', () => {
  it('is one of its names, beside the id of its ENI and instead of that of its index', async () => {
    const { agent, namesOf } = setUp();

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec({ linkName: 'sig0' }) }));

    expect(namesOf(PCI)).toEqual(['eni-06', 'sig0']);
    expect(status[SLOT]).toMatchObject({ configured: true, interfaceName: 'ens6' });
  });

  it('takes the place of the one before, also after the agent was started anew', async () => {
    const { agent, namesOf, startAgent } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec({ linkName: 'sig0' }) }));

    await startAgent().reconcile(
      hostState({ [SLOT]: slotSpec({ linkName: 'media0', generation: 2 }) }),
    );
    const renamed = namesOf(PCI);
    await startAgent().reconcile(hostState({ [SLOT]: slotSpec({ generation: 3 }) }));

    expect(renamed).toEqual(['eni-06', 'media0']);
    expect(namesOf(PCI)).toEqual(['eni-06', 'eth2']);
  });

  it('goes when the link is released', async () => {
    const { agent, namesOf } = setUp();
    await agent.reconcile(hostState({ [SLOT]: slotSpec({ linkName: 'sig0' }) }));

    await agent.reconcile(
      hostState({ [SLOT]: slotSpec({ linkName: 'sig0', phase: 'Releasing', generation: 2 }) }),
    );

    expect(namesOf(PCI)).toEqual([]);
  });

  it('leaves the names alone that somebody else gave the link', async () => {
    const { agent, kernel, namesOf } = setUp();
    await kernel.run('ip', ['link', 'property', 'add', 'dev', 'ens6', 'altname', 'enp0s6']);
    await agent.reconcile(hostState({ [SLOT]: slotSpec({ linkName: 'sig0' }) }));

    await agent.reconcile(hostState({ [SLOT]: slotSpec({ generation: 2 }) }));

    expect(namesOf(PCI)).toContain('enp0s6');
  });

  it('is the first interface’s where two ask for it, and the other says so', async () => {
    const { agent, namesOf } = setUp();
    const other = 'data/subnet-2';

    const { status } = await agent.reconcile(
      hostState({
        [other]: { ...SEVENTH, linkName: 'sig0' },
        [SLOT]: slotSpec({ linkName: 'sig0' }),
      }),
    );

    expect(namesOf(PCI)).toEqual(['eni-06', 'sig0']);
    expect(namesOf(ENS7.pciAddress)).toEqual(['eni-07']);
    expect(status[SLOT]).not.toHaveProperty('reason');
    expect(status[other]).toMatchObject({
      configured: true,
      reason: 'AltNameTaken',
      message: expect.stringContaining(`sig0 is the name of ${SLOT}`),
    });
  });

  it('goes over to the second interface when the first is released', async () => {
    const { agent, namesOf } = setUp();
    const other = 'data/subnet-2';
    const rows = { [other]: { ...SEVENTH, linkName: 'sig0' } };
    await agent.reconcile(hostState({ ...rows, [SLOT]: slotSpec({ linkName: 'sig0' }) }));

    await agent.reconcile(
      hostState({
        ...rows,
        [SLOT]: slotSpec({ linkName: 'sig0', phase: 'Releasing', generation: 2 }),
      }),
    );

    expect(namesOf(PCI)).toEqual([]);
    expect(namesOf(ENS7.pciAddress)).toEqual(['eni-07', 'sig0']);
  });

  it('that another link has is told, and the link serves without it', async () => {
    const { agent, kernel } = setUp();
    kernel.softwareLinks.push({ ifindex: 90, ifname: 'sig0', flags: [], mtu: 1500 });

    const { status } = await agent.reconcile(hostState({ [SLOT]: slotSpec({ linkName: 'sig0' }) }));

    expect(status[SLOT]).toMatchObject({ configured: true, reason: 'AltNameTaken' });
  });
});
