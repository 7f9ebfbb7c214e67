import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { createGate } from '#test/support/node/gate.ts';
import { attachmentOf, rowOf } from '#test/support/node/rows.ts';
import {
  createSettledStage,
  LINK,
  type SettledStage,
  SLOT,
} from '#test/support/node/settled-stage.ts';
import { createStage } from '#test/support/node/stage.ts';

/** The shortest time that somebody who stops a node grants. */
const GRACE = { timeout: 5000, interval: 20 };

/** A line of /proc/net/tcp: remote address 127.0.0.1:6443, state ESTABLISHED. */
const CONNECTED_TO_RELAY = / 0100007F:192B 01 /;

const endsWell = async ({ agent }: Pick<SettledStage, 'agent'>): Promise<void> => {
  agent.signal('SIGTERM');
  await vi.waitFor(() => expect(agent.exitCode()).toBe(0), GRACE);
};

describe('at SIGTERM the agent ends with 0', () => {
  it('when there is nothing to do', async () => {
    const stage = await createSettledStage();

    await endsWell(stage);

    expect(stage.agent.children().size).toBe(0);
    expect(await stage.host.link(LINK)).toMatchObject({ mtu: 9001, isUp: true });
  });

  it('while the API server is away', async () => {
    const stage = await createSettledStage();
    await stage.relay.cut();
    await eventually(async () =>
      expect(stage.agent.output()).toContain('the API server cannot be followed'),
    );

    await endsWell(stage);
  });

  it('while the API server does not answer and there is something to report', async () => {
    const stage = await createSettledStage();
    stage.relay.freeze();
    await stage.host.detach(stage.attached);
    await stage.host.attach({ ...attachmentOf(2, LINK), pciAddress: '0000:00:09.0' });
    await eventually(async () =>
      expect(await stage.host.link(LINK)).toMatchObject({ mtu: 9001, isUp: true }),
    );

    await endsWell(stage);
  });

  it('while the API server does not answer whose host this is', async () => {
    const { host, relay, startAgent } = await createStage();
    relay.freeze();
    const agent = startAgent(['--node-name', 'node-1']);
    await eventually(async () =>
      expect(await host.namespace.run('cat', '/proc/net/tcp')).toMatch(CONNECTED_TO_RELAY),
    );

    await endsWell({ agent });
  });

  it('in the midst of work, and begins no further step', async () => {
    const { host, ask, instanceId, startAgent } = await createStage();
    const gate = createGate(host.tree, 'link set dev ens3 up');
    const numbers = [1, 2, 3, 4, 5];
    await ask(Object.fromEntries(numbers.map((number) => [`${SLOT}-${number}`, rowOf(number)])));
    await host.attach(...numbers.map((number) => attachmentOf(number, `ens${number}`)));
    const agent = startAgent(['--instance-id', instanceId, '--host-command', gate.program]);
    await gate.untilReached();

    // A time limit signals the process and its group: the second signal finds it ending.
    agent.signal('SIGTERM');
    await sleep(2);
    agent.signal('SIGTERM');
    gate.open();
    await vi.waitFor(() => expect(agent.exitCode()).toBe(0), GRACE);

    const up = (await host.links()).filter(({ isUp, name }) => isUp && name !== 'lo');
    expect(up.map(({ name }) => name)).toEqual(['ens1', 'ens2', 'ens3']);
  });
});
