import { describe, expect, it, vi } from 'vitest';
import { STATES_PATH } from '#test/e2e/kube-client.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { emptyState } from '#test/support/node/open-stage.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import {
  AS_ASKED,
  createSettledStage,
  LINK,
  type SettledStage,
  SLOT,
  spoilAndMend,
  untilAsAsked,
} from '#test/support/node/settled-stage.ts';

const goAway = {
  'is stopped': ({ relay }: SettledStage) => relay.cut(),
  'does not answer': async ({ relay }: SettledStage) => relay.freeze(),
};

describe('the object of the host', () => {
  it('is followed when it changes', async () => {
    const { host, ask, reported } = await createSettledStage();

    await ask({ [SLOT]: { mtu: 1400, generation: 2 } });

    await eventually(async () =>
      expect(await reported()).toMatchObject({
        [SLOT]: { configured: true, generation: 2, mtu: 1400 },
      }),
    );
    expect(await host.link(LINK)).toEqual({ ...AS_ASKED, mtu: 1400 });
  });

  it('takes nothing from the host when it is deleted, and leaves alone what a new one does not name', async () => {
    const { host, client, instanceId, ask, reported } = await createSettledStage();
    await client.call('DELETE', `${STATES_PATH}/${instanceId}`);
    await client.call('POST', STATES_PATH, emptyState(instanceId));
    await ask({ [slotOf(3)]: rowOf(3) });
    await host.attach(attachmentOf(3, 'ens7'));
    await eventually(async () =>
      expect(await reported()).toMatchObject({ [slotOf(3)]: { configured: true } }),
    );
    const forsaken = await host.link(LINK);

    await host.namespace.ip('link', 'set', 'dev', LINK, 'mtu', '1500');
    await host.namespace.ip('link', 'set', 'dev', 'ens7', 'mtu', '1500');

    await eventually(async () => expect(await host.link('ens7')).toMatchObject({ mtu: 9001 }));
    expect(forsaken).toEqual(AS_ASKED);
    expect(await host.link(LINK)).toEqual({ ...AS_ASKED, mtu: 1500 });
  });
});

describe('while the API server does not answer', () => {
  it('the host is reconciled although nothing of it can be reported', async () => {
    const { host, relay, attached } = await createSettledStage();
    relay.freeze();
    await host.detach(attached);

    await host.attach({ ...attachmentOf(2, LINK), pciAddress: '0000:00:09.0' });

    // Long before the agent gives up the request in which it reports the detached one.
    await vi.waitFor(async () => expect(await host.link(LINK)).toEqual(AS_ASKED), {
      timeout: 10_000,
    });
  });
});

describe.each(Object.entries(goAway))('while the API server %s', (_what, away) => {
  it('the host stays as it was asked to be', async () => {
    const stage = await createSettledStage();
    await away(stage);

    await spoilAndMend(stage, () =>
      stage.host.namespace.ip('link', 'set', 'dev', LINK, 'mtu', '1500', 'down'),
    );

    expect(stage.agent.exitCode()).toBeUndefined();
  });

  it('what is asked meanwhile is done afterwards', async () => {
    const stage = await createSettledStage();
    const { host, relay, ask, reported } = stage;
    await away(stage);
    await ask({ [SLOT]: { mtu: 1400, generation: 2 }, [slotOf(3)]: rowOf(3) });
    await host.attach(attachmentOf(3, 'ens7'));
    const meanwhile = await host.links();

    await relay.open();

    await eventually(async () =>
      expect(await reported()).toMatchObject({
        [SLOT]: { configured: true, generation: 2, mtu: 1400 },
        [slotOf(3)]: { configured: true },
      }),
    );
    expect(meanwhile).toContainEqual(AS_ASKED);
    expect(meanwhile).toContainEqual({ name: 'ens7', mtu: 1500, isUp: false, altNames: [] });
  });

  it('what became of the host meanwhile is reported afterwards', async () => {
    const stage = await createSettledStage();
    const { host, relay, attached, reported } = stage;
    await away(stage);
    await host.detach(attached);
    await host.attach({ ...attachmentOf(2, LINK), pciAddress: '0000:00:09.0' });
    await untilAsAsked(stage);

    await relay.open();

    await eventually(async () =>
      expect(await reported()).toMatchObject({
        [SLOT]: { configured: true, pciAddress: '0000:00:09.0' },
      }),
    );
  });
});
