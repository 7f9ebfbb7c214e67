import { describe, expect, it } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { attachmentOf } from '#test/support/node/rows.ts';
import {
  AS_ASKED,
  createSettledStage,
  LINK,
  SLOT,
  spoilAndMend,
  untilAsAsked,
} from '#test/support/node/settled-stage.ts';

const OUR_NAMES = AS_ASKED.altNames.flatMap((name) => ['altname', name]);

describe('a link that is as asked', () => {
  it.each([
    ['sets it down', ['link', 'set', 'dev', LINK, 'down']],
    ['sets its MTU back', ['link', 'set', 'dev', LINK, 'mtu', '1500']],
    ['takes its names off', ['link', 'property', 'del', 'dev', LINK, ...OUR_NAMES]],
  ])('is put right after somebody %s', async (_what, command) => {
    const stage = await createSettledStage();

    await spoilAndMend(stage, () => stage.host.namespace.ip(...command));

    await eventually(async () =>
      expect(await stage.reported()).toMatchObject({ [SLOT]: { configured: true, mtu: 9001 } }),
    );
  });

  it('is reported missing when it goes, and configured anew when it comes back elsewhere', async () => {
    const stage = await createSettledStage();
    const { host, reported, attached } = stage;
    await host.detach(attached);
    await eventually(async () =>
      expect(await reported()).toMatchObject({
        [SLOT]: { configured: false, reason: 'DeviceNotSeen' },
      }),
    );

    await host.attach({ ...attachmentOf(2, LINK), pciAddress: '0000:00:09.0' });

    await untilAsAsked(stage);
    await eventually(async () =>
      expect(await reported()).toMatchObject({
        [SLOT]: { configured: true, pciAddress: '0000:00:09.0' },
      }),
    );
  });

  it('stays so under an agent that is started anew', async () => {
    const stage = await createSettledStage();
    stage.agent.signal('SIGKILL');
    await stage.host.namespace.ip('link', 'set', 'dev', LINK, 'mtu', '1500', 'down');

    stage.startAgent();

    await untilAsAsked(stage);
  });
});
