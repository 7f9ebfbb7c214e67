import { describe, expect, it } from 'vitest';
import { createFindMultus } from '#node-agent/host/multus.ts';
import { NETWORK_FOLDERS } from '../scratch-host.ts';
import { createScratchTree } from '../scratch-tree.ts';

const OURS = '/etc/cni/multus/net.d';

const setUp = () => {
  const tree = createScratchTree();
  tree.file(`${OURS}/x`, '');
  const find = createFindMultus({
    ...{ proc: tree.roots.proc, hostRoot: tree.root },
    ...{ folder: NETWORK_FOLDERS.networks, configFolder: NETWORK_FOLDERS.config },
  });
  /** The thick Multus, with what its pod sees as its root. */
  const startDaemon = (config: object, commandLine = 'multus-daemon') => {
    tree.file('etc/cni/net.d/00-multus.conf', '{"type":"multus-shim"}');
    tree.file('proc/12/comm', 'bash\n');
    tree.file('proc/77/comm', 'multus-daemon\n');
    tree.file('proc/77/cmdline', commandLine.replaceAll(' ', '\0'));
    const path = commandLine.includes('=')
      ? 'etc/own.json'
      : 'etc/cni/net.d/multus.d/daemon-config.json';
    tree.file(`proc/77/root/${path}`, JSON.stringify(config));
  };
  const mount = (inside: string, path = '') => tree.link(`proc/77/root${inside}`, tree.path(path));
  return { tree, find, startDaemon, mount };
};

describe('a thin Multus', () => {
  it.each([
    ['00-multus.conf', '{"type":"multus"}'],
    ['00-multus.conf', '{"type":"multus","confDir":"/etc/cni/multus/net.d/"}'],
    ['00-multus.conflist', '{"plugins":[{"type":"multus"}]}'],
  ])('reads our folder by %s with %s', async (name, text) => {
    const { tree, find } = setUp();
    tree.file(`etc/cni/net.d/${name}`, text);

    expect(await find()).toEqual({ kind: 'ours' });
  });

  it('reads it by a link to it, too', async () => {
    const { tree, find } = setUp();
    tree.link('var/networks', tree.path(OURS));
    tree.file('etc/cni/net.d/00-multus.conf', '{"type":"multus","confDir":"/var/networks"}');

    expect(await find()).toEqual({ kind: 'ours' });
  });

  it('that reads another one is told with the line to change', async () => {
    const { tree, find } = setUp();
    tree.file('etc/cni/net.d/00-multus.conf', '{"type":"multus","confDir":"/etc/cni/net.d"}');

    expect(await find()).toEqual({
      kind: 'elsewhere',
      folder: '/etc/cni/net.d',
      line: '"confDir": "/etc/cni/multus/net.d"',
      source: '/etc/cni/net.d/00-multus.conf',
    });
  });

  it('is looked for past files of others, and past those that are broken', async () => {
    const { tree, find } = setUp();
    tree.file('etc/cni/net.d/00-a.conf', '{');
    tree.file('etc/cni/net.d/10-aws.conflist', '{"plugins":[{"type":"aws-cni"}]}');
    tree.file('etc/cni/net.d/README', '{"type":"multus"}');

    const without = await find();
    tree.file('etc/cni/net.d/70-multus.conf', '{"type":"multus"}');

    expect(without).toEqual({ kind: 'absent', why: 'No Multus is in /etc/cni/net.d' });
    expect(await find()).toEqual({ kind: 'ours' });
  });
});

describe('a thick Multus', () => {
  it('reads our folder where it is mounted at the usual place (4.2.1 and later)', async () => {
    const { find, startDaemon, mount } = setUp();
    startDaemon({ chrootDir: '/hostroot' });
    mount(OURS, OURS);

    expect(await find()).toEqual({ kind: 'ours' });
  });

  it('reads its own folder where none is mounted (4.1), and the line leads by the host’s root', async () => {
    const { find, startDaemon, mount } = setUp();
    startDaemon({ chrootDir: '/hostroot' });
    mount('/hostroot');

    expect(await find()).toEqual({
      kind: 'elsewhere',
      folder: '/etc/cni/multus/net.d of its pod',
      line: '"confDir": "/hostroot/etc/cni/multus/net.d"',
      source: 'its ConfigMap (/etc/cni/net.d/multus.d/daemon-config.json)',
    });
  });

  it('reads /etc/cni/net.d as AWS configures it, until that line is written', async () => {
    const { tree, find, startDaemon, mount } = setUp();
    startDaemon({ chrootDir: '/hostroot', confDir: '/host/etc/cni/net.d' });
    mount('/host/etc/cni/net.d', 'etc/cni/net.d');
    mount('/hostroot');

    const before = await find();
    tree.file(
      'proc/77/root/etc/cni/net.d/multus.d/daemon-config.json',
      '{"chrootDir":"/hostroot","confDir":"/hostroot/etc/cni/multus/net.d"}',
    );

    expect(before).toMatchObject({ kind: 'elsewhere', folder: '/host/etc/cni/net.d of its pod' });
    expect(await find()).toEqual({ kind: 'ours' });
  });

  it('may have its configuration at another place', async () => {
    const { find, startDaemon, mount } = setUp();
    startDaemon({}, 'multus-daemon -config=/etc/own.json');
    mount(OURS, OURS);

    expect(await find()).toEqual({ kind: 'ours' });
  });

  it('is not there while its daemon does not run, or says nothing', async () => {
    const { tree, find, startDaemon } = setUp();
    tree.file('etc/cni/net.d/00-multus.conf', '{"type":"multus-shim"}');

    const withoutDaemon = await find();
    startDaemon({});
    tree.remove('proc/77/root/etc');

    expect(withoutDaemon).toMatchObject({ kind: 'absent', why: expect.stringContaining('daemon') });
    expect(await find()).toMatchObject({ kind: 'absent', why: expect.stringContaining('read') });
  });

  it('is found again when its daemon is another process', async () => {
    const { tree, find, startDaemon, mount } = setUp();
    startDaemon({});
    mount(OURS, OURS);
    const before = await find();

    tree.move('proc/77', 'proc/99');

    expect([before, await find()]).toEqual([{ kind: 'ours' }, { kind: 'ours' }]);
  });

  it('does not keep the agent waiting for a configuration that is a pipe', async () => {
    const { tree, find, startDaemon } = setUp();
    startDaemon({});
    const path = 'proc/77/root/etc/cni/net.d/multus.d/daemon-config.json';
    tree.remove(path);
    tree.pipe(path);

    expect(await find()).toMatchObject({ kind: 'absent' });
  });
});
