import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, reportProgress } from './cache.ts';
import { findOnPath } from './find-on-path.ts';
import { runOrThrow } from './run-command.ts';

export type Binaries = {
  readonly kubeApiserver: string;
  readonly etcd: string;
  readonly kubectl: string;
};

const toolsModule = fileURLToPath(new URL('../../e2e/tools/', import.meta.url));

/** The module file is the one place that says which Kubernetes is tested. */
const readKubernetesVersion = async (): Promise<string> => {
  const goMod = await readFile(join(toolsModule, 'go.mod'), 'utf8');
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(goMod)?.[1];
  if (version === undefined) throw new Error(`${toolsModule}go.mod requires no k8s.io/kubernetes.`);
  return version;
};

/** Without these a server says v0.0.0 of itself, which kubectl refuses to parse. */
const versionFlags = (version: string): string => {
  const [major, minor] = version.replace(/^v/, '').split('.');
  const stamp = 'k8s.io/component-base/version.git';
  return `-s -w -X ${stamp}Version=${version} -X ${stamp}Major=${major} -X ${stamp}Minor=${minor}`;
};

const goBuild = async (name: string, path: string, version: string): Promise<string> =>
  cached(join(version, name), async (temporary) => {
    const go = findOnPath('go');
    if (go === undefined) {
      throw new Error(
        `There is no ${name} yet and building it needs Go 1.24 or newer on the PATH: install it from https://go.dev/dl, or set KUBEBUILDER_ASSETS to a folder that holds kube-apiserver, etcd and kubectl.`,
      );
    }
    reportProgress(`building ${name} for Kubernetes ${version} (minutes the first time)`);
    const flags = ['-trimpath', '-ldflags', versionFlags(version), '-o', temporary];
    await runOrThrow(go, ['build', ...flags, path], {
      cwd: toolsModule,
      env: { CGO_ENABLED: '0', GOWORK: 'off' },
    });
  });

const fromAssets = (folder: string): Binaries => {
  const asset = (name: string): string => {
    const file = join(folder, name);
    if (existsSync(file)) return file;
    throw new Error(`KUBEBUILDER_ASSETS is ${folder}, but there is no ${name} in it.`);
  };
  return { kubeApiserver: asset('kube-apiserver'), etcd: asset('etcd'), kubectl: asset('kubectl') };
};

/**
 * Finds or makes the servers. In: nothing but the environment: KUBEBUILDER_ASSETS names a folder of
 * ready binaries; otherwise they are built from the pinned Go module into the cache. Out: their
 * paths. One after the other, because the Go compiler alone already uses every core.
 */
export const ensureBinaries = async (): Promise<Binaries> => {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets !== undefined && assets !== '') return fromAssets(assets);
  const version = await readKubernetesVersion();
  const etcd = await goBuild('etcd', 'go.etcd.io/etcd/server/v3', version);
  const kubeApiserver = await goBuild(
    'kube-apiserver',
    'k8s.io/kubernetes/cmd/kube-apiserver',
    version,
  );
  const kubectl =
    findOnPath('kubectl') ?? (await goBuild('kubectl', 'k8s.io/kubernetes/cmd/kubectl', version));
  return { kubeApiserver, etcd, kubectl };
};

/**
 * A program of Kubernetes beside the API server: its controllers, without which a Namespace does not go; its scheduler; what runs on a
 * node. Out: the path of it.
 */
export const ensureProgram = async (
  name: 'kube-controller-manager' | 'kube-scheduler' | 'kubelet',
): Promise<string> => goBuild(name, `k8s.io/kubernetes/cmd/${name}`, await readKubernetesVersion());
