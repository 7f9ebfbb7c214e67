import { fileURLToPath } from 'node:url';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';

export const CRDS_FOLDER = fileURLToPath(new URL('../../crds/', import.meta.url));

/** Installs our CRDs as a user does, and waits until the API server serves them. */
export const installCrds = async ({ kubectl }: Pick<KubeApiserver, 'kubectl'>): Promise<void> => {
  const apply = ['apply', '--validate=strict', '--filename', CRDS_FOLDER];
  const wait = ['wait', '--for=condition=Established', '--timeout=30s', '--filename', CRDS_FOLDER];
  // An established kind may still be answered 429, "storage is (re)initializing": kubectl asks until it is not.
  const read = ['get', 'nodeenis.networking.k8s.aws,nodeenistates.networking.k8s.aws'];
  for (const args of [apply, wait, read]) {
    const { code, stderr } = await kubectl(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} failed: ${stderr}`);
  }
};
