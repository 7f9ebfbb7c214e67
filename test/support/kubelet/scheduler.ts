import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureProgram } from '#test/support/servers/binaries.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { type ServerProcess, spawnServer } from '#test/support/servers/spawn-server.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';

/** Starts Kubernetes' own scheduler on an API server, as its administrator. */
export const startScheduler = async ({
  kubeconfigFile,
}: Pick<KubeApiserver, 'kubeconfigFile'>): Promise<ServerProcess> => {
  const command = await ensureProgram('kube-scheduler');
  const folder = createTemporaryFolder('scheduler');
  const logFile = join(folder.path, 'kube-scheduler.log');
  const server = await spawnServer({
    command,
    args: [
      ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
        (flag) => `--${flag}=${kubeconfigFile}`,
      ),
      ...['--leader-elect=false', '--secure-port=0', '--v=2'],
    ],
    logFile,
    isReady: async () => (await readFile(logFile, 'utf8')).includes('Caches populated'),
  });
  return {
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
};
