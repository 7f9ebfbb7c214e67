import { describe, expect, it } from 'vitest';
import { createLinkCounters } from '#node-agent/link-counters.ts';
import { hostState, SLOT, slotSpec } from './builders.ts';
import { createScratchHost } from './scratch-host.ts';

const ENS6 = { pciAddress: '0000:00:06.0', macAddress: '02:00:00:00:00:06', name: 'ens6' };
const NAMES = ['bw_in_allowance_exceeded', 'pps_allowance_exceeded'];

const setUp = async () => {
  const { kernel, host, clock, startAgent } = createScratchHost();
  kernel.plug(ENS6);
  kernel.ethtool.counters.set('bw_in_allowance_exceeded', 12).set('queue_0_tx_cnt', 5);
  const counters = createLinkCounters({
    tuning: host.tuning,
    names: NAMES,
    seconds: () => clock.seconds,
  });
  const { plan } = await startAgent().reconcile(hostState({ [SLOT]: slotSpec() }));
  return { kernel, clock, plan, counters };
};

describe('createLinkCounters', () => {
  it('reads what is of interest of each link that we have', async () => {
    const { counters, plan } = await setUp();
    counters.follow(plan.slots);

    await expect(counters.read()).resolves.toEqual([
      { nodeEni: 'data', link: 'ens6', counters: { bw_in_allowance_exceeded: 12 } },
    ]);
  });

  it('reads nothing where there is no link', async () => {
    const { counters } = await setUp();

    await expect(counters.read()).resolves.toEqual([]);
  });

  it('leaves out a link whose driver counts nothing', async () => {
    const { counters, plan, kernel } = await setUp();
    counters.follow(plan.slots);
    kernel.ethtool.lacking.add('s');

    await expect(counters.read()).resolves.toEqual([]);
  });

  it('asks the driver every five seconds at most, however often it is asked itself', async () => {
    const { counters, plan, kernel, clock } = await setUp();
    counters.follow(plan.slots);
    const countNow = async () => (await counters.read())[0]?.counters.bw_in_allowance_exceeded;
    await countNow();
    kernel.ethtool.counters.set('bw_in_allowance_exceeded', 40);

    clock.seconds += 4.9;
    const soon = await countNow();
    clock.seconds += 0.1;

    expect([soon, await countNow()]).toEqual([12, 40]);
  });
});
