import { EC2Client } from '@aws-sdk/client-ec2';
import { type LocalOptions, type LocalProcess, startLocal } from '#test/support/local-process.ts';
import { type AwsProxy, startAwsProxy } from '#test/support/servers/aws-proxy.ts';
import {
  awsClientConfig,
  createFleet,
  type Fleet,
  type FleetOptions,
} from '#test/support/servers/fleet.ts';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { startMoto } from '#test/support/servers/moto.ts';
import { installCrds } from './crds.ts';
import { createEc2Observer, type SeenInterface } from './ec2-observer.ts';
import { startHookMetadata } from './hook-metadata.ts';
import {
  createKubeClient,
  type KubeClient,
  LEASES_PATH,
  NODE_ENIS_PATH,
  NODES_PATH,
  STATES_PATH,
} from './kube-client.ts';

/** One API server with our CRDs, for all tests of a file. */
export type Kube = KubeApiserver & { readonly client: KubeClient };

export type SceneOptions = Partial<Omit<FleetOptions, 'awsUrl' | 'kube'>> & {
  readonly latencyMs?: number;
};

export type Scene = {
  readonly kube: Kube;
  readonly client: KubeClient;
  readonly proxy: AwsProxy;
  readonly fleet: Fleet;
  /** EC2 as a person or another program would call it: through the proxy, so its rules hold. */
  readonly ec2: EC2Client;
  readonly interfaces: () => Promise<readonly SeenInterface[]>;
  readonly localOptions: LocalOptions;
  readonly startLocal: (options?: Partial<LocalOptions>) => Promise<LocalProcess>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** The first run of all builds the servers, which takes minutes. */
export const BUILD_MS = 900_000;

/** Long enough for waits of 25 seconds to tell what they waited for. */
export const TEST_MS = 90_000;

export const startKube = async (): Promise<Kube> => {
  const server = await startKubeApiserver();
  await installCrds(server);
  return { ...server, client: createKubeClient(server) };
};

/** Takes everything a test made off the API server: the next one starts with an empty cluster. */
const clearCluster = async (client: KubeClient): Promise<void> => {
  for (const name of await client.names(NODE_ENIS_PATH)) {
    await client.call('PATCH', `${NODE_ENIS_PATH}/${name}`, { metadata: { finalizers: null } });
  }
  for (const path of [NODE_ENIS_PATH, STATES_PATH, NODES_PATH]) await client.call('DELETE', path);
  await dropLeases(client);
};

/** A killed process cannot give its lease back; its successor would wait for it to run out. */
export const dropLeases = async (client: KubeClient): Promise<void> => {
  const { body } = await client.call('GET', LEASES_PATH);
  const { items } = body as { items: { metadata: { name: string; namespace: string } }[] };
  for (const { metadata } of items.filter(({ metadata }) => metadata.name.includes('nodeeni'))) {
    const { namespace, name } = metadata;
    await client.call(
      'DELETE',
      `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`,
    );
  }
};

/**
 * An AWS account of a test's own with a fleet in it. In: the file's API server and the fleet's size,
 * zones and labels (all nodes are `ng: multi-eni` unless told otherwise). Out: the handles above;
 * when the scene ends, so do the processes started in it, and the cluster is empty again.
 */
export const openScene = async (
  kube: Kube,
  { latencyMs = 0, ...options }: SceneOptions = {},
): Promise<Scene> => {
  const moto = await startMoto();
  const hooks = await startHookMetadata(moto.url);
  const proxy = await startAwsProxy({ target: hooks.url, latencyMs });
  const processes: LocalProcess[] = [];
  const close = async (): Promise<void> => {
    for (const local of processes) await local.kill();
    await clearCluster(kube.client);
    await proxy.stop();
    await hooks.stop();
    await moto.stop();
  };
  try {
    const labels = { ng: 'multi-eni' };
    const fleet = await createFleet({ awsUrl: moto.url, kube, size: 1, labels, ...options });
    const { kubeconfigFile } = kube;
    const localOptions = { kubeconfigFile, awsUrl: proxy.url, cluster: fleet.cluster };
    return {
      kube,
      client: kube.client,
      proxy,
      fleet,
      ec2: new EC2Client({ ...awsClientConfig(proxy.url), maxAttempts: 1 }),
      interfaces: createEc2Observer(proxy),
      localOptions,
      startLocal: async (given) => {
        const local = await startLocal({ ...localOptions, ...given });
        processes.push(local);
        return local;
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
