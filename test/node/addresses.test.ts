import { describe, expect, it } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import { attachmentOf, rowOf } from '#test/support/node/rows.ts';
import { LINK, SLOT } from '#test/support/node/settled-stage.ts';
import { createStage } from '#test/support/node/stage.ts';

const ADDRESS = '10.0.2.15';
const ADDRESS_6 = '2001:db8:0:2::15';
const ROW = rowOf(2, {
  linkMode: 'Addressed',
  privateIpAddress: ADDRESS,
  subnetCidr: '10.0.2.0/24',
  gateway: '10.0.2.1',
  ipv6Addresses: [ADDRESS_6],
});

/** A host whose primary interface and whose ENI are in the same subnet, as it often is. */
const setUp = async () => {
  const stage = await createStage();
  const { host, ask, startAgent, reported } = stage;
  const [primary, eni] = await host.attach(attachmentOf(0, 'ens5'), attachmentOf(2, LINK));
  await host.namespace.batch([
    'address add 10.0.2.10/24 dev ens5',
    'link set dev ens5 up',
    'route add default via 10.0.2.1 dev ens5',
  ]);
  await host.subnet.batch([
    'link add name bridge type bridge',
    `link set dev ${primary?.wire} master bridge`,
    `link set dev ${eni?.wire} master bridge`,
    'address add 10.0.2.1/24 dev bridge',
    'address add fe80:ec2::1/64 dev bridge nodad',
    'address add 192.0.2.1/32 dev bridge',
    'link set dev bridge up',
  ]);
  const mainTable = () => host.namespace.ip('route', 'show', 'table', 'main');
  const before = await mainTable();
  await ask({ [SLOT]: ROW });
  startAgent();
  await eventually(async () =>
    expect(await reported()).toMatchObject({ [SLOT]: { configured: true } }),
  );
  return { ...stage, before, mainTable };
};

const ownOf = async ({ host }: { readonly host: Awaited<ReturnType<typeof setUp>>['host'] }) => ({
  rules: (await host.namespace.ip('rule')).split('\n').filter((line) => line.includes('30002')),
  routes: await host.namespace.ip('route', 'show', 'table', 'all', 'proto', '110'),
  address: await host.namespace.ip('-4', '-o', 'address', 'show', 'dev', LINK),
});

describe('a link with addresses', () => {
  it('carries what comes from them, and nothing of the rest of the host', async () => {
    const { host, before, mainTable } = await setUp();
    const { namespace } = host;
    const linkTo = async (...words: string[]) =>
      /dev (\S+)/.exec(await namespace.ip('route', 'get', ...words))?.[1];

    expect(await linkTo('192.0.2.1', 'from', ADDRESS)).toBe(LINK);
    expect(await linkTo('10.0.2.99', 'from', ADDRESS)).toBe(LINK);
    expect(await linkTo('2001:db8:9::9', 'from', ADDRESS_6)).toBe(LINK);
    expect(await linkTo('192.0.2.1')).toBe('ens5');
    expect(await linkTo('10.0.2.99')).toBe('ens5');
    expect(await mainTable()).toBe(before);
  });

  it('is reached from its subnet by its address, by the link itself', async () => {
    const { host } = await setUp();
    const { namespace, subnet } = host;
    const received = async () => {
      const [link] = JSON.parse(await namespace.ip('-j', '-s', 'link', 'show', 'dev', LINK));
      return link.stats64.rx.packets as number;
    };
    // Strictly: a packet that came another way than its answer goes is dropped.
    await namespace.run('sysctl', '-qw', `net.ipv4.conf.${LINK}.rp_filter=1`);
    await namespace.run('sysctl', '-qw', 'net.ipv4.conf.all.arp_ignore=1');
    const packetsBefore = await received();

    await subnet.run('bash', '-c', `exec 3<>/dev/tcp/${ADDRESS}/9 || true`).catch(() => undefined);

    expect(await received()).toBeGreaterThan(packetsBefore);
    expect(await subnet.ip('neighbour', 'show', ADDRESS)).toContain('02:00:00:00:00:02');
  });

  it('is put right after somebody takes its rule and its routes away', async () => {
    const stage = await setUp();
    const { namespace } = stage.host;
    const asked = await ownOf(stage);

    await namespace.ip('rule', 'del', 'from', ADDRESS);
    await namespace.ip('route', 'flush', 'table', '30002');
    await namespace.ip('link', 'set', 'dev', LINK, 'mtu', '1500');

    await eventually(async () => expect(await ownOf(stage)).toEqual(asked));
  });

  it('has none of it any more when it is to be up only', async () => {
    const stage = await setUp();

    await stage.ask({ [SLOT]: { ...ROW, linkMode: 'Up', generation: 2 } });

    await eventually(async () =>
      expect(await ownOf(stage)).toEqual({ rules: [], routes: '', address: '' }),
    );
    expect(await stage.host.link(LINK)).toMatchObject({ isUp: true });
  });
});
