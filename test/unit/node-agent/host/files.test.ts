import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, replaceFile } from '#node-agent/host/files.ts';
import { createMemoryFile } from '#node-agent/host/memory-file.ts';
import { createSystemdNetworkd } from '#node-agent/host/systemd-networkd.ts';
import { createScratchTree } from '../scratch-tree.ts';

describe('replaceFile', () => {
  it('makes the folder it needs, and leaves nothing else in it', async () => {
    const tree = createScratchTree();

    await replaceFile(tree.path('etc/pcidp/config.json'), 'text');

    expect(readdirSync(tree.path('etc/pcidp'))).toEqual(['config.json']);
    expect(readFileSync(tree.path('etc/pcidp/config.json'), 'utf8')).toBe('text');
  });

  it('keeps the mode of the file', async () => {
    const tree = createScratchTree();
    tree.file('config.json', 'old');
    writeFileSync(tree.path('strict.json'), 'old', { mode: 0o600 });

    await replaceFile(tree.path('strict.json'), 'new');

    expect(statSync(tree.path('strict.json')).mode & 0o777).toBe(0o600);
  });

  it('replaces what a symbolic link points at, not the link', async () => {
    const tree = createScratchTree();
    tree.file('data/config.json', 'old');
    tree.link('config.json', 'data/config.json');

    await replaceFile(tree.path('config.json'), 'new');

    expect(readFileSync(tree.path('data/config.json'), 'utf8')).toBe('new');
  });

  it('puts a new file in place of the old one, so that a reader of the old one is not disturbed', async () => {
    const tree = createScratchTree();
    tree.file('config.json', 'old');
    const before = statSync(tree.path('config.json')).ino;

    await replaceFile(tree.path('config.json'), 'new');

    expect(statSync(tree.path('config.json')).ino).not.toBe(before);
  });

  it('leaves no draft behind when it fails', async () => {
    const tree = createScratchTree();
    tree.file('folder/config.json/inside', '');

    await expect(replaceFile(tree.path('folder/config.json'), 'new')).rejects.toThrow();

    expect(readdirSync(tree.path('folder'))).toEqual(['config.json']);
  });
});

describe('inFolder', () => {
  it('reaches just the folder that was opened, though another takes its name', async () => {
    const tree = createScratchTree();
    tree.file('device/driver_override', 'old');

    const text = await inFolder(tree.path('device'), async (folder) => {
      tree.move('device', 'gone');
      tree.file('device/driver_override', 'new');
      return readFileSync(join(folder, 'driver_override'), 'utf8');
    });

    expect(text).toBe('old');
  });

  it('reaches nothing when the folder was removed', async () => {
    const tree = createScratchTree();
    tree.file('device/driver_override', 'old');

    const found = await inFolder(tree.path('device'), async (folder) => {
      tree.remove('device');
      tree.file('device/driver_override', 'new');
      return existsSync(join(folder, 'driver_override'));
    });

    expect(found).toBe(false);
  });

  it('lends the inode by which two folders of one name differ', async () => {
    const tree = createScratchTree();
    tree.file('device/class', '');
    const inodeOf = () => inFolder(tree.path('device'), async (_, inode) => inode);
    const first = await inodeOf();
    const again = await inodeOf();
    tree.move('device', 'gone');
    tree.file('device/class', '');

    expect(again).toBe(first);
    expect(await inodeOf()).not.toBe(first);
  });
});

describe('createMemoryFile', () => {
  it('gives back what it was given', async () => {
    const memory = createMemoryFile(createScratchTree().roots);
    const known = { devices: { '02:00:00:00:00:06': '0000:00:06.0' }, advertised: ['a'] };

    await memory.write(known);

    await expect(memory.read()).resolves.toEqual(known);
  });

  it.each(['', '{', '[]', '{"devices": 1}'])(
    'knows nothing from a file that says %j',
    async (text) => {
      const tree = createScratchTree();
      tree.file('run/nodeeni/state.json', text);

      await expect(createMemoryFile(tree.roots).read()).resolves.toEqual({ devices: {} });
    },
  );
});

describe('createSystemdNetworkd', () => {
  it('writes a file that matches the device alone, and not its children with the same MAC', async () => {
    const tree = createScratchTree();
    const commands: string[] = [];
    const networkd = createSystemdNetworkd(tree.roots, async (file, args) => {
      commands.push([file, ...args].join(' '));
      return '';
    });

    await networkd.release({ eniId: 'eni-06', macAddress: '02:00:00:00:00:06', link: 'ens6' });

    const text = readFileSync(tree.path('run/systemd/network/00-nodeeni-eni-06.network'), 'utf8');
    expect(text).toContain('[Match]\nPermanentMACAddress=02:00:00:00:00:06\n');
    expect(text).toContain('[Link]\nUnmanaged=yes\n');
    expect(commands).toEqual(['networkctl reload']);
  });

  it('sees nothing where systemd-networkd does not run', async () => {
    const { roots } = createScratchTree();

    await expect(createSystemdNetworkd(roots, async () => '').observe()).resolves.toBeUndefined();
  });

  it('reads which links are managed, by which files of ours', async () => {
    const tree = createScratchTree();
    tree.file('run/systemd/netif/links/2', 'ADMIN_STATE=configured\n');
    tree.file('run/systemd/netif/links/3', 'ADMIN_STATE=unmanaged\n');
    tree.file('run/systemd/netif/links/4', 'ADMIN_STATE=configuring\n');
    tree.file('run/systemd/network/00-nodeeni-eni-06.network', '');
    tree.file('run/systemd/network/10-others.network', '');

    const seen = await createSystemdNetworkd(tree.roots, async () => '').observe();

    expect(seen).toEqual({ managedIfindexes: [2, 4], eniIds: ['eni-06'] });
  });
});
