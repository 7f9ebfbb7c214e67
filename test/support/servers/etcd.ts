import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { type ServerProcess, spawnServer } from './spawn-server.ts';

export type Etcd = ServerProcess & { readonly url: string };

/**
 * Starts one etcd member. In: the binary and a folder for its data and log. Out: the URL that
 * kube-apiserver stores into, and how to stop it.
 */
export const startEtcd = async (binary: string, folder: string): Promise<Etcd> => {
  const ports = await freePorts(2);
  const [url, peerUrl] = ports.map((port) => `http://127.0.0.1:${port}`);
  if (url === undefined || peerUrl === undefined) throw new Error('etcd needs two ports.');
  const server = await spawnServer({
    command: binary,
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      // The data is thrown away with the folder, so waiting for the disk only slows tests down.
      '--unsafe-no-fsync',
    ],
    logFile: join(folder, 'etcd.log'),
    isReady: async () => (await fetch(`${url}/health`)).ok,
  });
  return { ...server, url };
};
