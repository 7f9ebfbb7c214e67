import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { startMoto } from '#test/support/servers/moto.ts';
import { installCrds } from './crds.ts';

/** How an API server with our CRDs is reached, in words that one process can tell another. */
export type StageServer = Pick<KubeApiserver, 'url' | 'caFile' | 'adminToken' | 'kubeconfigFile'>;

export type StageServers = {
  readonly server: StageServer;
  readonly motoUrl: string;
  readonly stop: () => Promise<void>;
};

/** Starts one API server with our CRDs and one AWS emulator. */
export const startStageServers = async (): Promise<StageServers> => {
  await using undoing = new AsyncDisposableStack();
  const started = [startMoto(), startKubeApiserver()] as const;
  // Both are waited for, so that none is left when the other does not start.
  for (const result of await Promise.allSettled(started))
    if (result.status === 'fulfilled') undoing.use(result.value);
  const [moto, kube] = await Promise.all(started);
  await installCrds(kube);
  const { url, caFile, adminToken, kubeconfigFile } = kube;
  const whole = undoing.move();
  return {
    server: { url, caFile, adminToken, kubeconfigFile },
    motoUrl: moto.url,
    stop: () => whole.disposeAsync(),
  };
};
