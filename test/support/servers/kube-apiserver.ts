import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Binaries, ensureBinaries } from './binaries.ts';
import { startEtcd } from './etcd.ts';
import { freePorts } from './free-ports.ts';
import { type KubeUser, tokenFileOf, writeKubeconfig } from './kubeconfig.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { type ServerProcess, spawnServer } from './spawn-server.ts';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

export type KubeApiserver = {
  readonly url: string;
  readonly caFile: string;
  readonly adminToken: string;
  readonly kubeconfigFile: string;
  readonly kubeconfigFileOf: (userName: string) => string;
  readonly kubectl: (args: readonly string[], stdin?: string) => Promise<CommandResult>;
  readonly stop: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type KubeApiserverOptions = {
  readonly users?: readonly KubeUser[];
  /** Feature gates that are switched off. */
  readonly withoutFeatures?: readonly string[];
  /** True: pods get the token of their ServiceAccount, which somebody has to create. */
  readonly withServiceAccounts?: boolean;
  /** Whose client certificates are believed. */
  readonly clientCaFile?: string;
  /** Where bearer tokens are judged that the server does not know by itself ("Webhook Token Authentication"). */
  readonly tokenReviewUrl?: string;
  /** Authorities that webhooks without a bundle of their own are trusted by. Is read when the first of them is called. */
  readonly authoritiesFile?: string;
};

type Setup = {
  readonly binaries: Binaries;
  readonly folder: string;
  readonly etcdUrl: string;
  readonly users: readonly KubeUser[];
  readonly withoutFeatures: readonly string[];
  readonly withServiceAccounts: boolean;
  readonly clientCaFile: string | undefined;
  readonly tokenReviewUrl: string | undefined;
  readonly authoritiesFile: string | undefined;
};

const tokenReviewFlags = async (
  folder: string,
  url: string | undefined,
): Promise<readonly string[]> => {
  if (url === undefined) return [];
  const file = join(folder, 'token-review.kubeconfig');
  const [name, user] = ['token-review', { name: 'kube-apiserver', user: {} }];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: url } }],
    users: [user],
    contexts: [{ name, context: { cluster: name, user: user.name } }],
  };
  await writeFile(file, JSON.stringify(config));
  return [`--authentication-token-webhook-config-file=${file}`];
};

const startServer = async (setup: Setup) => {
  const { binaries, folder, etcdUrl, users, withoutFeatures, clientCaFile } = setup;
  const [port = 0] = await freePorts(1);
  const url = `https://127.0.0.1:${port}`;
  // The server signs its own certificate into this folder, so the certificate is its own authority.
  const certificates = join(folder, 'certificates');
  const caFile = join(certificates, 'apiserver.crt');
  const keyFile = join(folder, 'service-account.key');
  const tokenFile = join(folder, 'tokens.csv');
  const probeFile = join(folder, 'probe.kubeconfig');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(keyFile, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  await writeFile(tokenFile, tokenFileOf(users), { mode: 0o600 });
  const server = await spawnServer({
    command: binaries.kubeApiserver,
    args: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${certificates}`,
      `--token-auth-file=${tokenFile}`,
      `--service-account-key-file=${keyFile}`,
      `--service-account-signing-key-file=${keyFile}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.96.0.0/16',
      // As every cluster has it: a kubelet gets at its own node, and at what runs there ("Using Node Authorization").
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      // Nothing creates the default ServiceAccount that this plugin demands for every Pod, where there are no controllers.
      ...(setup.withServiceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
      '--allow-privileged=true',
      ...(clientCaFile === undefined ? [] : [`--client-ca-file=${clientCaFile}`]),
      ...withoutFeatures.map((feature) => `--feature-gates=${feature}=false`),
      ...(await tokenReviewFlags(folder, setup.tokenReviewUrl)),
    ],
    ...(setup.authoritiesFile !== undefined && { env: { SSL_CERT_FILE: setup.authoritiesFile } }),
    logFile: join(folder, 'kube-apiserver.log'),
    isReady: async () => {
      if (!existsSync(caFile)) return false;
      const [admin] = users;
      if (admin !== undefined) await writeKubeconfig(probeFile, { url, caFile, user: admin });
      const args = ['--kubeconfig', probeFile, 'get', '--raw', '/readyz'];
      return (await runCommand(binaries.kubectl, args)).code === 0;
    },
  });
  return { ...server, url, caFile };
};

const stopAll = async (
  servers: readonly ServerProcess[],
  folder: TemporaryFolder,
): Promise<void> => {
  for (const server of servers) await server.stop();
  await folder.remove();
};

/**
 * Starts a real kube-apiserver on its own etcd. In: extra users for RBAC tests, and features it is to lack. Out: how to reach
 * it as an administrator (of `system:masters`) or as one of those users, a kubectl bound to it, and
 * `stop`, which ends both processes and removes all they wrote. There is no controller-manager,
 * scheduler or kubelet: Nodes are what tests apply, and nothing is garbage-collected.
 */
export const startKubeApiserver = async (
  options: KubeApiserverOptions = {},
): Promise<KubeApiserver> => {
  const binaries = await ensureBinaries();
  const temporary = createTemporaryFolder('kube');
  const folder = temporary.path;
  const admin: KubeUser = { name: 'admin', groups: ['system:masters'], token: randomUUID() };
  const users = [admin, ...(options.users ?? [])];
  const started: ServerProcess[] = [];
  const stop = () => stopAll(started.toReversed(), temporary);
  try {
    const etcd = await startEtcd(binaries.etcd, folder);
    started.push(etcd);
    const { withoutFeatures = [], withServiceAccounts = false, clientCaFile } = options;
    const server = await startServer({
      binaries,
      folder,
      etcdUrl: etcd.url,
      users,
      withoutFeatures,
      withServiceAccounts,
      clientCaFile,
      tokenReviewUrl: options.tokenReviewUrl,
      authoritiesFile: options.authoritiesFile,
    });
    started.push(server);
    const { url, caFile } = server;
    const kubeconfigFileOf = (userName: string) => join(folder, `${userName}.kubeconfig`);
    for (const user of users) {
      await writeKubeconfig(kubeconfigFileOf(user.name), { url, caFile, user });
    }
    const kubeconfigFile = kubeconfigFileOf(admin.name);
    return {
      url,
      caFile,
      adminToken: admin.token,
      kubeconfigFile,
      kubeconfigFileOf,
      kubectl: (args, stdin) =>
        runCommand(binaries.kubectl, ['--kubeconfig', kubeconfigFile, ...args], { stdin }),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
