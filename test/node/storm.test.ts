import { expect, it } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { attachmentOf, macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { createSettledStage } from '#test/support/node/settled-stage.ts';
import { createStage } from '#test/support/node/stage.ts';

const range = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => from + at);

it('configures sixty links that are attached at once, and no link that no row names', async () => {
  const { host, ask, reported, startAgent } = await createStage();
  const [ours, strangers] = [range(1, 60), range(100, 5)];
  await ask(Object.fromEntries(ours.map((number) => [slotOf(number), rowOf(number)])));
  await host.attach(attachmentOf(120, 'ens99'));
  await host.namespace.ip('link', 'set', 'dev', 'ens99', 'mtu', '1400', 'up');
  startAgent();

  await host.attach(
    ...[...ours, ...strangers].map((number) => attachmentOf(number, `ens${number}`)),
  );

  await eventually(async () => {
    const rows = Object.values(await reported());
    expect(rows.filter(({ configured }) => configured === true)).toHaveLength(ours.length);
  });
  const links = new Map((await host.links()).map((link) => [link.name, link]));
  for (const number of ours)
    expect(links.get(`ens${number}`)).toMatchObject({
      mtu: 9001,
      isUp: true,
      altNames: [rowOf(number).eniId, `eth${number}`],
    });
  for (const number of strangers)
    expect(links.get(`ens${number}`)).toMatchObject({ mtu: 1500, isUp: false, altNames: [] });
  expect(links.get('ens99')).toMatchObject({ mtu: 1400, isUp: true, altNames: [] });
});

it('reconciles once a second at most while pods come and go', async () => {
  const stage = await createSettledStage(['--port', '9446', '--listen-address', '127.0.0.1']);
  const { namespace } = stage.host;
  const reconciles = async (): Promise<number> => {
    const text = await namespace.run('curl', '--silent', 'http://127.0.0.1:9446/metrics');
    return Number(/reconciles_total\{outcome="done"\} (\d+)/.exec(text)?.[1]);
  };
  const before = await reconciles();
  const startedAt = performance.now();

  for (const pod of range(0, 100)) {
    await namespace.ip('link', 'add', `eni${pod}`, 'type', 'veth', 'peer', 'name', `pod${pod}`);
    await namespace.ip('link', 'set', 'dev', `eni${pod}`, 'up');
    await namespace.ip('link', 'delete', 'dev', `eni${pod}`);
  }

  const seconds = (performance.now() - startedAt) / 1000;
  // The first ones, while the pause still grows, come sooner.
  expect((await reconciles()) - before).toBeLessThanOrEqual(Math.ceil(seconds) + 4);
});

it('does not touch the link of the default route although a row has its MAC address', async () => {
  const { host, ask, reported, startAgent } = await createStage();
  await host.attach(attachmentOf(5, 'ens5'));
  await host.namespace.ip('link', 'set', 'dev', 'ens5', 'up');
  await host.namespace.ip('address', 'add', '192.0.2.5/24', 'dev', 'ens5');
  await host.namespace.ip('route', 'add', 'default', 'via', '192.0.2.1');
  await ask({
    [slotOf(1)]: rowOf(1, { macAddress: macAddressOf(5) }),
    [slotOf(2)]: rowOf(2),
    [slotOf(3)]: rowOf(3, { macAddress: macAddressOf(5), phase: 'Releasing' }),
  });
  startAgent();

  await host.attach(attachmentOf(2, 'ens6'));

  await eventually(async () =>
    expect(await reported()).toMatchObject({
      [slotOf(1)]: { configured: false, reason: 'DefaultRoute' },
      [slotOf(2)]: { configured: true },
      [slotOf(3)]: { released: false },
    }),
  );
  expect(await host.link('ens5')).toMatchObject({ mtu: 1500, isUp: true, altNames: [] });
});
