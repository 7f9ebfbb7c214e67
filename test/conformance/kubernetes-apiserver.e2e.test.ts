import { createClientNodeApi } from '#providers/kubernetes/client-node-api.ts';
import { loadKubeConfig } from '#providers/kubernetes/load-kube-config.ts';
import { installCrds } from '#test/e2e/crds.ts';
import { startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { kubernetesConformance } from './kubernetes.ts';

kubernetesConformance('kube-apiserver', async () => {
  const server = await startKubeApiserver();
  await installCrds(server);
  return {
    api: createClientNodeApi(loadKubeConfig({ file: server.kubeconfigFile })),
    dispose: server.stop,
  };
});
