import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';

/** What EKS and Lambda say of the account. */
export interface AccountWords {
  authenticationMode: string;
  egressMode: string;
  unreserved: number;
}

const HEALTHY: AccountWords = {
  authenticationMode: 'API_AND_CONFIG_MAP',
  egressMode: 'AWS_MANAGED',
  unreserved: 990,
};

/** The bodies of "DescribeCluster" and "GetAccountSettings", by their paths. */
const bodyFor = (path: string, { authenticationMode, egressMode, unreserved }: AccountWords) => {
  if (/^\/clusters\/[\w-]+$/.test(path))
    return {
      cluster: {
        accessConfig: { authenticationMode },
        resourcesVpcConfig: { controlPlaneEgressMode: egressMode },
      },
    };
  if (/^\/2016-08-19\/account-settings\/?$/.test(path))
    return {
      AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: unreserved },
    };
  return undefined;
};

type Kubeconfig = { readonly users: { readonly name: string; user: { readonly token: string } }[] };

/**
 * A kubeconfig as `aws eks update-kubeconfig` writes it: the same user, whose token a command tells. In: where the token is, and
 * the name of the cluster. Out: the file.
 */
const writeEksKubeconfig = (folder: string, kubeconfigFile: string, cluster: string): string => {
  const config = JSON.parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
  const users = config.users.map(({ name, user: { token } }) => {
    const credential = join(folder, 'credential.json');
    const [apiVersion, kind] = ['client.authentication.k8s.io/v1beta1', 'ExecCredential'];
    writeFileSync(credential, JSON.stringify({ apiVersion, kind, status: { token } }));
    const tell = ['-c', `cat ${credential}`];
    const args = [...tell, 'eks', 'get-token', '--cluster-name', cluster];
    return { name, user: { exec: { apiVersion, command: 'sh', args } } };
  });
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, JSON.stringify({ ...config, users }), { mode: 0o600 });
  return file;
};

/** An account with a cluster of EKS; moto tells neither how calls of the API server go nor of Lambda's limits. */
export const startEksAccount = async (kubeconfigFile: string, cluster: string) => {
  const folder = createTemporaryFolder('account');
  const words = { ...HEALTHY };
  const server = createServer(({ url = '' }, response) => {
    const body = bodyFor(url, words);
    response
      .writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(body ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    words,
    environment: {
      KUBECONFIG: writeEksKubeconfig(folder.path, kubeconfigFile, cluster),
      AWS_ENDPOINT_URL_EKS: url,
      AWS_ENDPOINT_URL_LAMBDA: url,
    },
    heal: () => Object.assign(words, HEALTHY),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await folder.remove();
    },
  };
};
