import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureProgram } from './binaries.ts';
import type { KubeApiserver } from './kube-apiserver.ts';
import { type ServerProcess, spawnServer } from './spawn-server.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** Those of which something is to be seen without machines: what is owned or inside goes, and DaemonSets are counted. */
const CONTROLLERS = [
  'namespace-controller',
  'garbage-collector-controller',
  'daemonset-controller',
  'serviceaccount-controller',
];

/** What a node needs beside: taints that go when it is ready, the certificate that pods know the API server by, and Deployments. */
export const CONTROLLERS_OF_NODES = [
  ...CONTROLLERS,
  'deployment-controller',
  'replicaset-controller',
  'node-lifecycle-controller',
  'root-ca-certificate-publisher-controller',
];

/** Starts Kubernetes' own controllers on an API server, as its administrator. */
export const startControllerManager = async (
  { kubeconfigFile, caFile }: Pick<KubeApiserver, 'kubeconfigFile' | 'caFile'>,
  controllers: readonly string[] = CONTROLLERS,
): Promise<ServerProcess> => {
  const command = await ensureProgram('kube-controller-manager');
  const folder = createTemporaryFolder('controllers');
  const logFile = join(folder.path, 'kube-controller-manager.log');
  const server = await spawnServer({
    command,
    args: [
      ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
        (flag) => `--${flag}=${kubeconfigFile}`,
      ),
      `--controllers=${controllers.join(',')}`,
      `--root-ca-file=${caFile}`,
      '--leader-elect=false',
      '--secure-port=0',
    ],
    logFile,
    isReady: async () => (await readFile(logFile, 'utf8')).includes('Started controller'),
  });
  return {
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
};
