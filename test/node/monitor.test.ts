import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { lostEventsOf, untilMonitored, writeDeafHost } from '#test/support/node/monitor.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import {
  createSettledStage,
  LINK,
  SLOT,
  spoilAndMend,
  untilAsAsked,
} from '#test/support/node/settled-stage.ts';
import { createStage } from '#test/support/node/stage.ts';

const SPOIL = ['link', 'set', 'dev', LINK, 'down'];

describe('the monitor of links', () => {
  it('is started again after it was killed, and the next attach is seen', async () => {
    const stage = await createSettledStage();
    const { agent, host, ask, reported } = stage;
    const first = await untilMonitored(agent);
    process.kill(first, 'SIGKILL');
    await untilMonitored(agent, first);

    await spoilAndMend(stage, () => host.namespace.ip(...SPOIL));
    await ask({ [slotOf(3)]: rowOf(3) });
    await host.attach(attachmentOf(3, 'ens7'));

    await eventually(async () =>
      expect(await reported()).toMatchObject({ [slotOf(3)]: { configured: true } }),
    );
  });

  it('leaves nothing unseen that happens while there is none', async () => {
    const stage = await createSettledStage();
    const { agent, host } = stage;
    const first = await untilMonitored(agent);
    process.kill(first, 'SIGKILL');
    await eventually(async () => expect(agent.children().size).toBe(0));

    await host.namespace.ip(...SPOIL);

    await untilAsAsked(stage);
  });

  it('is believed when it says that it lost events', async () => {
    const stage = await createStage();
    const { host, ask, reported, startAgent, instanceId } = stage;
    const [program, lost] = [host.tree.path('deaf-host'), host.tree.path('lost')];
    writeDeafHost(program, lost);
    await ask({ [SLOT]: rowOf(2) });
    await host.attach(attachmentOf(2, LINK));
    startAgent(['--instance-id', instanceId, '--host-command', program]);
    await eventually(async () =>
      expect(await reported()).toMatchObject({ [SLOT]: { configured: true } }),
    );

    await spoilAndMend(stage, async () => {
      await host.namespace.ip(...SPOIL);
      writeFileSync(lost, '');
      await eventually(async () => expect(existsSync(lost)).toBe(false));
    });
  });

  it('may be overrun by the kernel', async () => {
    const stage = await createSettledStage();
    const { agent, host } = stage;
    await host.attach(attachmentOf(30, 'busy0'));
    const monitor = await untilMonitored(agent);
    const flood = Array.from(
      { length: 4000 },
      (_, at) => `link set dev busy0 mtu ${1400 + (at % 2)}`,
    );
    process.kill(monitor, 'SIGSTOP');
    await host.namespace.batch(flood);
    await host.namespace.ip(...SPOIL);
    const lost = await lostEventsOf(host.namespace, monitor);

    process.kill(monitor, 'SIGCONT');

    await untilAsAsked(stage);
    expect(lost).toBeGreaterThan(0);
    expect(await untilMonitored(agent)).toBe(monitor);
  });
});
