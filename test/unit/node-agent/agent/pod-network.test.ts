import { describe, expect, it } from 'vitest';
import { hostState, SLOT, slotSpec } from '../builders.ts';
import { createScratchHost } from '../scratch-host.ts';

describe('a network for pods', () => {
  it('is not said to be ready where nobody makes it, while the link is', async () => {
    const scratch = createScratchHost();
    scratch.kernel.plug({
      pciAddress: '0000:00:06.0',
      macAddress: '02:00:00:00:00:06',
      name: 'ens6',
    });
    const podNetwork = { name: 'data', type: 'ipvlan', mode: 'l2', subnets: [] } as const;
    const record = slotSpec({ podNetwork: { ...podNetwork, subnets: [] } });

    const { status } = await scratch.startAgent().reconcile(hostState({ [SLOT]: record }));

    expect(status[SLOT]).toMatchObject({ configured: true, podNetwork: { state: 'NotReady' } });
  });
});
