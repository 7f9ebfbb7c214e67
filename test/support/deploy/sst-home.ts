import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { ensureEngine } from './engine.ts';
import { ensureKubernetesProvider } from './kubernetes-provider.ts';

const LANGUAGE_HOST = fileURLToPath(new URL('./language-host.ts', import.meta.url));

const writeScript = async (file: string, lines: readonly string[]): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${lines.join('\n')}\n`);
  await chmod(file, 0o755);
};

export type HomeOptions = {
  readonly folder: string;
  /** The folder with SST's sources. */
  readonly platform: string;
  /** The versions that `sst.config.ts` pins. */
  readonly versions: Readonly<Record<string, string>>;
  /** The ports of the stand-ins that are served by now, by the name of the provider. */
  readonly ports: Readonly<Record<string, number>>;
  /** The clusters by name. */
  readonly clusters: Readonly<Record<string, { readonly kube: ClusterAccess }>>;
};

type ClusterAccess = Pick<KubeApiserver, 'url' | 'caFile' | 'adminToken'>;

/** What a person has in their home: a context for each cluster, by its name, and the first is the current one. */
const kubeconfigOf = (clusters: HomeOptions['clusters']): object => {
  const all = Object.entries(clusters);
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': all[0]?.[0],
    clusters: all.map(([name, { kube }]) => ({
      name,
      cluster: { server: kube.url, 'certificate-authority': kube.caFile },
    })),
    users: all.map(([name, { kube }]) => ({ name, user: { token: kube.adminToken } })),
    contexts: all.map(([name]) => ({ name, context: { cluster: name, user: name } })),
  };
};

/** What `aws eks get-token --cluster-name NAME` prints. */
const credentialWith = (token: string): string =>
  JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    kind: 'ExecCredential',
    status: { token },
  });

/**
 * Lays out what SST would fetch: the engine beside its language host, a plugin for each provider, and the `aws` that a
 * person who deploys has. Out: the environment in which SST finds them.
 */
export const createSstHome = async ({
  folder,
  platform,
  versions,
  ports,
  clusters,
}: HomeOptions): Promise<Readonly<Record<string, string>>> => {
  const home = join(folder, 'sst');
  const pluginOf = (name: string): string =>
    join(home, 'plugins', `resource-${name}-v${versions[name]}`, `pulumi-resource-${name}`);

  await mkdir(join(home, 'bin'), { recursive: true });
  // A copy: the engine looks for the language host beside the file that it really is.
  await copyFile(await ensureEngine(), join(home, 'bin', 'pulumi'));
  await writeScript(join(home, 'bin', 'pulumi-language-nodejs'), [
    `exec '${process.execPath}' '${LANGUAGE_HOST}' '${platform}' "$@"`,
  ]);
  // The engine reads a port and ends the process when it is done; the stand-ins themselves run in the test.
  for (const [name, port] of Object.entries(ports))
    await writeScript(pluginOf(name), [`echo ${port}`, 'exec tail -f /dev/null']);
  const kubernetes = pluginOf('kubernetes');
  await mkdir(dirname(kubernetes), { recursive: true });
  await symlink(await ensureKubernetesProvider(versions.kubernetes ?? ''), kubernetes);

  await writeScript(join(folder, 'bin', 'aws'), [
    'case "$4" in',
    ...Object.entries(clusters).map(
      ([name, { kube }]) => `${name}) echo '${credentialWith(kube.adminToken)}' ;;`,
    ),
    'esac',
  ]);
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(clusters)), { mode: 0o600 });
  return {
    KUBECONFIG: kubeconfig,
    XDG_CONFIG_HOME: folder,
    PATH: [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(':'),
  };
};
