import { describe, expect, it } from 'vitest';
import { createNetworkHost, NETWORK, NETWORKS } from '../network-host.ts';

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
});
