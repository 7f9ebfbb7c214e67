import { readFile } from 'node:fs/promises';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { startControllerManager } from '#test/support/servers/kube-controller-manager.ts';
import type { ClusterPlace } from './aws/kind.ts';
import type { EksDoor } from './eks-door.ts';

export type DeployCluster = {
  readonly kube: KubeApiserver;
  readonly place: ClusterPlace;
  readonly stop: () => Promise<void>;
};

/** Starts a cluster with Kubernetes' own controllers, which EKS knows by this name. */
export const startCluster = async (
  name: string,
  { eks, authoritiesFile }: { readonly eks: EksDoor; readonly authoritiesFile: string },
): Promise<DeployCluster> => {
  const tokenReviewUrl = await eks.createCluster(name);
  const kube = await startKubeApiserver({ tokenReviewUrl, authoritiesFile });
  try {
    const controllers = await startControllerManager(kube);
    const authority = await readFile(kube.caFile);
    const place = { endpoint: kube.url, certificateAuthority: authority.toString('base64') };
    eks.open(name, place);
    const stop = async (): Promise<void> => {
      await controllers.stop();
      await kube.stop();
    };
    return { kube, place, stop };
  } catch (error) {
    await kube.stop();
    throw error;
  }
};

/** The API server of a cluster of a stage. */
export const kubeOf = (
  { clusters }: { readonly clusters: Readonly<Record<string, DeployCluster>> },
  name: string,
): KubeApiserver => {
  const kube = clusters[name]?.kube;
  if (kube === undefined) throw new Error(`The stage has no cluster ${name}.`);
  return kube;
};
