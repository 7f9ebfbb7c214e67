import { createClientNodeApi } from '#providers/kubernetes/client-node-api.ts';
import { loadKubeConfig } from '#providers/kubernetes/load-kube-config.ts';
import { installCrds } from '#test/e2e/crds.ts';
import {
  type KubeApiserverOptions,
  startKubeApiserver,
} from '#test/support/servers/kube-apiserver.ts';
import { kubernetesConformance } from './kubernetes.ts';

const setUp = async (options?: KubeApiserverOptions) => {
  const server = await startKubeApiserver(options);
  await installCrds(server);
  return {
    api: createClientNodeApi(loadKubeConfig({ file: server.kubeconfigFile })),
    dispose: server.stop,
  };
};

kubernetesConformance('kube-apiserver', () => setUp());

kubernetesConformance('a kube-apiserver that does not stream lists', () =>
  setUp({ withoutFeatures: ['WatchList'] }),
);
