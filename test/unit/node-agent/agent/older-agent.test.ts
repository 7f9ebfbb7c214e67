import { describe, expect, it } from 'vitest';
import { isConfigured, isReleased } from '#core/host-report.ts';
import { type HostState, parseState } from '#node-agent/agent/parse-state.ts';
import { SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

const PCI = '0000:00:06.0';
const ENS6 = { pciAddress: PCI, macAddress: '02:00:00:00:00:06', name: 'ens6' };

/** What the functions have written, as the agent reads it. */
const written = (row: object): HostState =>
  parseState({ spec: { interfaces: { [SLOT]: { ...slotSpec(), ...row } } } }) as HostState;

const setUp = () => {
  const scratch = createScratchHost();
  scratch.kernel.plug(ENS6);
  return { ...scratch, agent: scratch.startAgent() };
};

describe('an agent that is asked for more than it knows', () => {
  it('does what it knows, names the rest, and does not call the interface configured', async () => {
    const { agent, kernel } = setUp();

    const { status } = await agent.reconcile(
      written({ linkName: 'sig0', link: { rings: { rx: 512, huge: 1 } } }),
    );

    expect(status[SLOT]).toMatchObject({
      ...{ configured: false, reason: 'AgentTooOld', mtu: 9001 },
      message: 'This agent does not know link.rings.huge, and does all but that: update it.',
    });
    expect(kernel.linkOf(PCI)).toMatchObject({ altNames: ['eni-06', 'sig0'] });
  });

  it('lets go of it all the same', async () => {
    const { agent } = setUp();
    const row = { linkMode: 'Bridged', phase: 'Releasing' };

    const { status } = await agent.reconcile(written(row));

    expect(isReleased(status[SLOT], slotSpec({ phase: 'Releasing' }))).toBe(true);
  });
});

describe('an agent that knows what not every agent knows', () => {
  it('says so, and the functions believe that it is done', async () => {
    const { agent } = setUp();
    const record = slotSpec({ linkName: 'sig0', generation: 4 });

    const { status } = await agent.reconcile(written(record));

    expect(status[SLOT]?.understood).toEqual({ generation: 4, parts: ['linkName'] });
    expect(isConfigured(status[SLOT], record)).toBe(true);
  });

  it('says nothing of it where nobody asks for such a thing', async () => {
    const { agent } = setUp();

    const { status } = await agent.reconcile(written({}));

    expect(status[SLOT]).not.toHaveProperty('understood');
  });
});
