import { describe, expect, it } from 'vitest';
import { createNetworkHost, FILE, NETWORK, NETWORKS } from '../network-host.ts';

describe('a folder for networks that is changed in the settings of the agent', () => {
  const OTHER = 'etc/cni/other.d';

  it('has the network, and the one of before has nothing of ours any more, and all of others', async () => {
    const { ask, files, restartAgent, tree } = createNetworkHost();
    tree.file(`${NETWORKS}/10-theirs.conf`, '{"name":"theirs","type":"bridge"}');
    await ask(NETWORK);
    const before = files();

    restartAgent(`/${OTHER}`);
    await ask(NETWORK);

    expect(before).toEqual(['00-nodeeni-user-plane.conflist', '10-theirs.conf']);
    expect(files()).toEqual(['10-theirs.conf']);
    expect(files(OTHER)).toEqual(['00-nodeeni-user-plane.conflist']);
  });

  it('leaves nothing behind of a network that is gone when the agent starts', async () => {
    const { ask, askNothing, files, restartAgent } = createNetworkHost();
    await ask(NETWORK);

    restartAgent(`/${OTHER}`);
    await askNothing();

    expect(files()).toEqual([]);
  });

  it('keeps an interface that is to go while the file in the one of before cannot be taken away', async () => {
    const { ask, host, restartAgent } = createNetworkHost();
    await ask(NETWORK);
    restartAgent(`/${OTHER}`);
    host.networks.remove = () => Promise.reject(new Error('EROFS: read-only file system'));

    const status = await ask(NETWORK, { phase: 'Releasing' });

    expect(status).toMatchObject({ released: false, reason: 'FileNotRemoved' });
  });

  it('is not noted over what the agent remembers of devices, where that cannot be read just then', async () => {
    const { ask, host, tree, files } = createNetworkHost();
    const { read } = host.memory;
    await ask(NETWORK);
    await host.memory.write({ devices: { '02:00:00:00:00:99': '0000:00:09.0' } });
    tree.remove(FILE);
    host.memory.read = () => Promise.reject(new Error('EIO: i/o error, read'));

    await ask(NETWORK);

    expect(files()).toEqual(['00-nodeeni-user-plane.conflist']);
    expect(await read()).toEqual({ devices: { '02:00:00:00:00:99': '0000:00:09.0' } });
  });
});
