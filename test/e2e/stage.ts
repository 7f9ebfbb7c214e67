import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { startMoto } from '#test/support/servers/moto.ts';
import { installCrds } from './crds.ts';
import {
  createKubeClient,
  type KubeClient,
  LEASES_PATH,
  NODE_ENIS_PATH,
  NODES_PATH,
  STATES_PATH,
} from './kube-client.ts';

/** What the scenes of a file are played on, one after the other. */
export type Stage = KubeApiserver & {
  readonly client: KubeClient;
  readonly motoUrl: string;
  /** Takes off all that a scene has left: the next one finds an empty account and cluster. */
  readonly clear: () => Promise<void>;
};

type Lease = { readonly metadata: { readonly name: string; readonly namespace: string } };

/** A killed process cannot give its lease back; its successor would wait for it to run out. */
export const dropLeases = async (client: KubeClient): Promise<void> => {
  const { body } = await client.call('GET', LEASES_PATH);
  const { items } = body as { readonly items: readonly Lease[] };
  for (const { metadata } of items.filter(({ metadata }) => metadata.name.includes('nodeeni'))) {
    const { namespace, name } = metadata;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
    await client.call('DELETE', path);
  }
};

const clearCluster = async (client: KubeClient): Promise<void> => {
  for (const name of await client.names(NODE_ENIS_PATH)) {
    await client.call('PATCH', `${NODE_ENIS_PATH}/${name}`, { metadata: { finalizers: null } });
  }
  for (const path of [NODE_ENIS_PATH, STATES_PATH, NODES_PATH]) await client.call('DELETE', path);
  await dropLeases(client);
};

/** Starts one API server with our CRDs and one AWS emulator. Stopping the stage stops both. */
export const startStage = async (): Promise<Stage> => {
  const moto = await startMoto();
  const server = await startKubeApiserver();
  await installCrds(server);
  const client = createKubeClient(server);
  const stop = async (): Promise<void> => {
    client.close();
    await server.stop();
    await moto.stop();
  };
  return {
    ...server,
    client,
    motoUrl: moto.url,
    clear: async () => {
      await clearCluster(client);
      await fetch(`${moto.url}/moto-api/reset`, { method: 'POST' });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
};
