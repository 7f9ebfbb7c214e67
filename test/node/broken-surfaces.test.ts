import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createStage } from '#test/support/node/stage.ts';

describe('on a host where something is broken that only some interfaces need', () => {
  it.each([
    ['the configuration of the device plugin is a folder', 'etc/pcidp/config.json', undefined],
    ['nothing can be remembered', 'run/nodeeni/state.json', 'NotRemembered'],
    ['the state of systemd-networkd cannot be read', 'run/systemd/netif/links/9', undefined],
  ])('a link is configured although %s', async (_what, folder, reason) => {
    const { host, ask, reported, startAgent } = await createStage();
    mkdirSync(host.tree.path(folder, 'x'), { recursive: true });
    await ask({
      [slotOf(2)]: rowOf(2),
      [slotOf(3)]: rowOf(3, { pciAddress: '0000:00:03.0', resourceName: 'amazon.com/ena' }),
    });
    await host.attach(attachmentOf(2, 'ens6'), attachmentOf(3, 'ens7'));

    startAgent();

    await eventually(async () =>
      expect((await reported())[slotOf(2)]).toMatchObject({ configured: true, mtu: 9001 }),
    );
    expect((await reported())[slotOf(2)]?.reason).toBe(reason);
    for (const link of ['ens6', 'ens7'])
      await eventually(async () =>
        expect(await host.link(link)).toMatchObject({ mtu: 9001, isUp: true }),
      );
  });
});

describe('the health of the agent', () => {
  it('says that the host cannot be reconciled, and that a restart would not mend it', async () => {
    const { host, ask, instanceId, startAgent } = await createStage();
    // No program of the host can be run.
    const command = ['--host-command', host.tree.path('missing')];
    await ask({ [slotOf(2)]: rowOf(2) });
    const at = ['--port', '9446', '--listen-address', '127.0.0.1'];
    startAgent(['--instance-id', instanceId, ...command, ...at]);
    const get = (path: string) =>
      host.namespace.run('curl', '--silent', `http://127.0.0.1:9446/${path}`);

    await eventually(async () => expect(await get('healthz')).toContain('could not be reconciled'));

    expect(await get('livez')).toContain('ok');
  });

  it('is served at the address that is named, and at no other', async () => {
    const { host, instanceId, startAgent } = await createStage();
    await host.attach(attachmentOf(2, 'ens6'));
    await host.namespace.ip('link', 'set', 'dev', 'ens6', 'up');
    await host.namespace.ip('address', 'add', '192.0.2.2/24', 'dev', 'ens6');
    startAgent([
      ...['--instance-id', instanceId, '--port', '9446'],
      ...['--listen-address', '127.0.0.1'],
    ]);
    await eventually(async () =>
      expect(
        await host.namespace.run('curl', '--silent', 'http://127.0.0.1:9446/metrics'),
      ).toContain('nodeeni_agent_reconciles_total'),
    );

    const elsewhere = host.namespace.run('curl', '--silent', 'http://192.0.2.2:9446/metrics');

    await expect(elsewhere).rejects.toThrow();
  });
});
